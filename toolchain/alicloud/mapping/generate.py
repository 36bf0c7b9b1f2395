"""Writes provider/mapping.json: which upstream resource is which token of the installed pulumi_alicloud, and where its shape is not the
bridge's default.

Run it with a Python that has the package (the tree's .venv) after a change of either version, and read the difference:

    .venv/bin/python toolchain/alicloud/mapping/generate.py

It builds and runs the Go command in dump/ (half a minute when Go's cache is warm) and prints the pairs that need a look.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import match
import overrides
import python_package

MODULE = Path(__file__).resolve().parents[1]
RESULT = MODULE / "provider" / "mapping.json"


def generate(upstream: dict[str, dict[str, dict[str, Any]]], package: python_package.Package) -> dict[str, object]:
    """The content of mapping.json."""
    mapping: dict[str, object] = {}
    for kind, entities, twins in (
        ("resources", package.resources, match.TWINS),
        ("functions", package.functions, match.TWIN_FUNCTIONS),
    ):
        pairs = match.match(upstream[kind], entities, twins)
        differences = {pair.upstream: overrides.needed(upstream[kind][pair.upstream], entities[pair.token]) for pair in pairs}
        for pair in pairs:
            if pair.rival:
                print(f"look: {pair.upstream} is {pair.token}, but {pair.rival} looks the same", file=sys.stderr)
        bridged = {pair.upstream: pair.token for pair in pairs}
        mapping[kind] = {
            "tokens": dict(sorted(bridged.items())),
            "olderNames": {entity.token: entity.replaces for _, entity in sorted(entities.items()) if entity.replaces},
            "overrides": {name: found for name, found in sorted(differences.items()) if found},
            "withoutToken": sorted(set(upstream[kind]) - set(bridged)),
        }
    return mapping


def main() -> None:
    dump = subprocess.run(["go", "run", "./mapping/dump"], cwd=MODULE, check=True, stdout=subprocess.PIPE)
    RESULT.write_text(json.dumps(generate(json.loads(dump.stdout), python_package.read()), indent=1) + "\n")
    print(f"written: {RESULT}", file=sys.stderr)


if __name__ == "__main__":
    main()
