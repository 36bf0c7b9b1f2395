"""PAI-EAS (2021-07-01): services, dedicated resource groups and their machines, and the endpoints that answer like vLLM.

`service_config`, `scheduling`, `rolling`, `autoscaler` and `cronscaler` are rules; `lifecycle`, `groups` and `scaling` move state on the
clock; `api*` and `views` are the wire; `data_plane` is what a deployed model answers, with `services/shared/completions`. Not here:
gateways, quotas, virtual resource groups.
"""
