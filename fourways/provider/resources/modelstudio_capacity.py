"""Model Studio: throughput reservations and Model Units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from fourways.provider.names import MODEL_UNIT_DEPLOYMENT_TYPE, RESERVATION_TYPE
from fourways.provider.resources.attributes import output

#: Outputs of each type beyond its inputs; the schema is tested against them.
RESERVATION_OUTPUTS = ("deployedModel", "status", "instanceIds", "expiresAt", "account", "target")
MODEL_UNIT_DEPLOYMENT_OUTPUTS = ("deployedModel", "status", "readyUnits", "baseUnits", "account", "target")


class ModelStudioReservation(pulumi.CustomResource):
    """A throughput reservation (`fourways:modelstudio:Reservation`), in tokens a minute."""

    deployed_model: pulumi.Output[str] = output("deployedModel")
    status: pulumi.Output[str] = output("status")
    instance_ids: pulumi.Output[Sequence[str]] = output("instanceIds")
    expires_at: pulumi.Output[str | None] = output("expiresAt")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        name: pulumi.Input[str],
        model: pulumi.Input[str],
        tier: pulumi.Input[str],
        charge_type: pulumi.Input[str],
        input_tpm: pulumi.Input[int],
        output_tpm: pulumi.Input[int],
        api_key: pulumi.Input[str],
        overflow: pulumi.Input[bool] | None = None,
        term_days: pulumi.Input[int] | None = None,
        auto_renewal: pulumi.Input[bool] | None = None,
        on_delete: pulumi.Input[str] | None = None,
        host: pulumi.Input[str] | None = None,
        workspace_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "name": name,
            "model": model,
            "tier": tier,
            "chargeType": charge_type,
            "inputTpm": input_tpm,
            "outputTpm": output_tpm,
            "overflow": overflow,
            "termDays": term_days,
            "autoRenewal": auto_renewal,
            "onDelete": on_delete,
            "apiKey": pulumi.Output.secret(api_key),
            "host": host,
            "workspaceId": workspace_id,
        }
        super().__init__(RESERVATION_TYPE, resource_name, properties | dict.fromkeys(RESERVATION_OUTPUTS), opts)


class ModelStudioModelUnitDeployment(pulumi.CustomResource):
    """A model on Model Units (`fourways:modelstudio:ModelUnitDeployment`)."""

    deployed_model: pulumi.Output[str] = output("deployedModel")
    status: pulumi.Output[str] = output("status")
    ready_units: pulumi.Output[int] = output("readyUnits")
    base_units: pulumi.Output[int] = output("baseUnits")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        name: pulumi.Input[str],
        model: pulumi.Input[str],
        spec: pulumi.Input[str],
        units: pulumi.Input[int],
        api_key: pulumi.Input[str],
        rpm_limit: pulumi.Input[int] | None = None,
        tpm_limit: pulumi.Input[int] | None = None,
        host: pulumi.Input[str] | None = None,
        workspace_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "name": name,
            "model": model,
            "spec": spec,
            "units": units,
            "rpmLimit": rpm_limit,
            "tpmLimit": tpm_limit,
            "apiKey": pulumi.Output.secret(api_key),
            "host": host,
            "workspaceId": workspace_id,
        }
        super().__init__(MODEL_UNIT_DEPLOYMENT_TYPE, resource_name, properties | dict.fromkeys(MODEL_UNIT_DEPLOYMENT_OUTPUTS), opts)
