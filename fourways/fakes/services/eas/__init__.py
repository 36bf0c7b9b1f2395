"""PAI-EAS (2021-07-01): services, dedicated resource groups and their machines, and the endpoints that answer like vLLM.

`service_config`, `scheduling` and `rolling` are pure rules; `lifecycle` and `groups` move state on the clock; `api*` and `views` are the
wire; `data_plane` is what a deployed model answers, with `services/shared/completions`. Not here: gateways, autoscalers, quotas, virtual
resource groups.
"""
