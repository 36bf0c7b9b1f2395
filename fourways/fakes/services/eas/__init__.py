"""PAI-EAS (2021-07-01): services, dedicated and virtual resource groups, spot, quotas, and the endpoints that answer like vLLM.

`service_config`, `scheduling` and `rolling` are pure rules; `placement` says where a replica may run; `lifecycle`, `groups` and
`interruptions` move state on the clock; `api*` and `views` are the wire; `data_plane` is what a deployed model answers, with
`services/shared/completions`. Not here: gateways, autoscalers.
"""
