"""The CrossGuard policy pack: rules as plain functions (`rules/`), their contract (`model.py`), levels and parameters (`config.yaml`), what
is exempted (`exemptions.yaml`), the thin adapter to `pulumi_policy` (`adapter.py`) and the server (`analyzer.py`). What lives elsewhere:
prices (`fourways.costs`), settings of stacks (`stacks`). docs/policies.md is for users.

Works on anybody's program: `pulumi preview --policy-pack path/to/policies`. Rules that only make sense for our own stacks say so by their
`projects` parameter, which another user changes with `--policy-pack-config`.
"""
