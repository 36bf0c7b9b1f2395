"""Model Studio: reserved throughput and model units, which are asked for with an API key."""

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
    """Reserved throughput (`fourways:modelstudio:Reservation`): billed by the hour (PostPaid, tier fast), or for a whole term (PrePaid).

    `input_tpm` and `output_tpm` are tokens a minute, scaled in place, as are `overflow` (beyond the capacity: by the token, or 429) and
    `auto_renewal`. Another `term_days` renews, which buys that many days more. A prepaid term that runs cannot be deleted: `on_delete` is
    refuse (default) or let_expire (renewal goes off, and it leaves the state). `api_key` and `host` are how calls are made: a change of
    them changes nothing else. The rest replaces. Import by `REGION/DEPLOYED_MODEL`, with DASHSCOPE_API_KEY set.
    """

    name: pulumi.Output[str] = output("name")
    region: pulumi.Output[str] = output("region")
    model: pulumi.Output[str] = output("model")
    input_tpm: pulumi.Output[int] = output("inputTpm")
    output_tpm: pulumi.Output[int] = output("outputTpm")
    #: What requests name as their model.
    deployed_model: pulumi.Output[str] = output("deployedModel")
    #: As the cloud spells it: RUNNING, SUSPENDED...
    status: pulumi.Output[str] = output("status")
    #: Its capacity instances that are not released.
    instance_ids: pulumi.Output[Sequence[str]] = output("instanceIds")
    #: When the first of its prepaid terms ends, RFC 3339; None when PostPaid.
    expires_at: pulumi.Output[str | None] = output("expiresAt")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

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
        suffix: pulumi.Input[str] | None = None,
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
            "suffix": suffix,
            "onDelete": on_delete,
            "apiKey": pulumi.Output.secret(api_key),
            "host": host,
            "workspaceId": workspace_id,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["apiKey"])
        super().__init__(
            RESERVATION_TYPE,
            resource_name,
            properties | dict.fromkeys(RESERVATION_OUTPUTS),
            pulumi.ResourceOptions.merge(opts, secret),
        )


class ModelStudioModelUnitDeployment(pulumi.CustomResource):
    """A model on Model Studio's model units (`fourways:modelstudio:ModelUnitDeployment`), billed by unit and hour while it runs.

    `units` (in multiples of what the region offers for the model) and the limits are changed in place; `prefill_units` and
    `decode_units` are for separated templates, and make up the units. `api_key` and `host` are how calls are made: a change of them changes
    nothing else. The rest replaces. Import by `REGION/DEPLOYED_MODEL`, with DASHSCOPE_API_KEY set.
    """

    name: pulumi.Output[str] = output("name")
    region: pulumi.Output[str] = output("region")
    model: pulumi.Output[str] = output("model")
    units: pulumi.Output[int] = output("units")
    #: What requests name as their model.
    deployed_model: pulumi.Output[str] = output("deployedModel")
    #: As the cloud spells it: PENDING, RUNNING...
    status: pulumi.Output[str] = output("status")
    #: Units that serve, and are billed.
    ready_units: pulumi.Output[int] = output("readyUnits")
    #: The least number of units, of which all others are multiples.
    base_units: pulumi.Output[int] = output("baseUnits")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

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
        template_id: pulumi.Input[str] | None = None,
        prefill_units: pulumi.Input[int] | None = None,
        decode_units: pulumi.Input[int] | None = None,
        max_context_length: pulumi.Input[int] | None = None,
        enable_thinking: pulumi.Input[bool] | None = None,
        rpm_limit: pulumi.Input[int] | None = None,
        tpm_limit: pulumi.Input[int] | None = None,
        suffix: pulumi.Input[str] | None = None,
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
            "templateId": template_id,
            "prefillUnits": prefill_units,
            "decodeUnits": decode_units,
            "maxContextLength": max_context_length,
            "enableThinking": enable_thinking,
            "rpmLimit": rpm_limit,
            "tpmLimit": tpm_limit,
            "suffix": suffix,
            "apiKey": pulumi.Output.secret(api_key),
            "host": host,
            "workspaceId": workspace_id,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["apiKey"])
        super().__init__(
            MODEL_UNIT_DEPLOYMENT_TYPE,
            resource_name,
            properties | dict.fromkeys(MODEL_UNIT_DEPLOYMENT_OUTPUTS),
            pulumi.ResourceOptions.merge(opts, secret),
        )
