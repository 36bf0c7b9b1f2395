"""Model Studio's deployments: throughput reservations (plan ptu) and model units (plan mu), REST with a bearer key.

`rules` and `terms` are what may be bought and until when, `records` the state, `reservations` and `units` what happens to it on the
clock, `backend` all of one account and region and what stands behind a deployed model's name, `billing` its bills, `api*`, `body` and
`views` the wire. Not here: keys, workspaces and the token API (`modelstudio`).
"""
