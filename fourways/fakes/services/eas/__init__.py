"""PAI-EAS (2021-07-01): services and service groups, dedicated and virtual resource groups, spot, quotas, private gateways, and the
endpoints that answer like vLLM.

`service_config`, `scheduling`, `rolling`, `autoscaler` and `cronscaler` are rules; `placement` says where a replica may run; `lifecycle`,
`groups`, `interruptions` and `scaling` move state on the clock; `api*` and `views` are the wire; `data_plane` is what a deployed model
answers, with `services/shared/completions`, behind `gate` (a private gateway's lists and redirection) and `limits`.
"""
