"""PAI-EAS: what decides how many instances a service has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import AUTOSCALER_TYPE, CRON_SCALER_TYPE
from fourways.provider.resources.attributes import output

#: Outputs of both types beyond their inputs; the schema is tested against them.
SCALER_OUTPUTS = ("account", "target")


class EasAutoscaler(pulumi.CustomResource):
    """The autoscaler of a PAI-EAS service (`fourways:eas:Autoscaler`). `pulumi import fourways:eas:Autoscaler NAME REGION/SERVICE`.

    `strategies` are {metric, threshold, service?}: more instances start while the metric of one is above the threshold. Windows and grace
    period are in seconds. `min` 0 ends the last instance after `zero_grace_period` seconds without a request; the next request finds
    nothing and starts `activation_replicas`. Everything but `region` and `service_name` is updated in place. Never with an EasCronScaler.
    """

    region: pulumi.Output[str] = output("region")
    #: The service that it scales.
    service_name: pulumi.Output[str] = output("serviceName")
    min: pulumi.Output[int] = output("min")
    max: pulumi.Output[int] = output("max")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        service_name: pulumi.Input[str],
        min: pulumi.Input[int],
        max: pulumi.Input[int],
        strategies: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]],
        scale_up_window: pulumi.Input[int] | None = None,
        scale_down_window: pulumi.Input[int] | None = None,
        zero_grace_period: pulumi.Input[int] | None = None,
        activation_replicas: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "serviceName": service_name,
            "min": min,
            "max": max,
            "strategies": strategies,
            "scaleUpWindow": scale_up_window,
            "scaleDownWindow": scale_down_window,
            "zeroGracePeriod": zero_grace_period,
            "activationReplicas": activation_replicas,
        }
        super().__init__(AUTOSCALER_TYPE, resource_name, properties | dict.fromkeys(SCALER_OUTPUTS), opts)


class EasCronScaler(pulumi.CustomResource):
    """The scheduled scaling of a PAI-EAS service (`fourways:eas:CronScaler`). `pulumi import fourways:eas:CronScaler NAME REGION/SERVICE`.

    `jobs` are {name, schedule, targetSize}; a schedule has six fields, seconds first, on the clock of `time_zone` (IANA). `exclude_dates`
    are cron expressions of days without jobs. Everything but `region` and `service_name` is updated in place. Never with an EasAutoscaler.
    """

    region: pulumi.Output[str] = output("region")
    #: The service that it scales.
    service_name: pulumi.Output[str] = output("serviceName")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        service_name: pulumi.Input[str],
        jobs: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]],
        time_zone: pulumi.Input[str],
        exclude_dates: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "serviceName": service_name,
            "jobs": jobs,
            "timeZone": time_zone,
            "excludeDates": exclude_dates,
        }
        super().__init__(CRON_SCALER_TYPE, resource_name, properties | dict.fromkeys(SCALER_OUTPUTS), opts)
