"""PAI-EAS (2021-07-01). `api` has every operation with its path, `backend` all that exists in an account and region, `records` what is
remembered of it; the folders are `deployment` (services), `placement` (where replicas run), `machines` (dedicated groups), `gateways`,
`scaling` and `serving` (what answers under an endpoint).

`deployment/service_config`, `deployment/rolling`, `placement/scheduling` and the scalers' files are rules; `deployment/lifecycle`,
`machines/groups`, `placement/interruptions` and `scaling/scaling` move state on the clock; `api_*` and `views` are the wire.
"""
