"""The schema, the resource classes and the outputs say the same."""

import asyncio
import inspect
import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.provider import resources
from fourways.provider.kinds import KINDS
from fourways.provider.names import (
    API_KEY_TYPE,
    AUTOSCALER_TYPE,
    CRON_SCALER_TYPE,
    ENDPOINT_TYPE,
    GATEWAY_TYPE,
    MODEL_LIMITS_TYPE,
    MODEL_PERMISSIONS_TYPE,
    MODEL_UNIT_DEPLOYMENT_TYPE,
    RANDOM_SECRET_TYPE,
    RESERVATION_TYPE,
    RESOURCE_GROUP_TYPE,
    ROLLOUT_TYPE,
    SELF_SIGNED_CERTIFICATE_TYPE,
    SERVICE_TYPE,
    WORKSPACE_TYPE,
)
from fourways.provider.resources import alb, cas, eas, eas_gateway, eas_scalers, ess, kms, modelstudio, modelstudio_deployments
from fourways.provider.schema import schema
from tests.provider.harness import GROUP_URN, URN, group, plain, running, service

CLASSES = {
    SERVICE_TYPE: (resources.EasService, eas.SERVICE_OUTPUTS),
    RESOURCE_GROUP_TYPE: (resources.EasResourceGroup, eas.RESOURCE_GROUP_OUTPUTS),
    GATEWAY_TYPE: (resources.EasGateway, eas_gateway.GATEWAY_OUTPUTS),
    AUTOSCALER_TYPE: (resources.EasAutoscaler, eas_scalers.SCALER_OUTPUTS),
    CRON_SCALER_TYPE: (resources.EasCronScaler, eas_scalers.SCALER_OUTPUTS),
    WORKSPACE_TYPE: (resources.ModelStudioWorkspace, modelstudio.WORKSPACE_OUTPUTS),
    API_KEY_TYPE: (resources.ModelStudioApiKey, modelstudio.API_KEY_OUTPUTS),
    MODEL_LIMITS_TYPE: (resources.ModelStudioModelLimits, modelstudio.MODEL_LIMITS_OUTPUTS),
    MODEL_PERMISSIONS_TYPE: (resources.ModelStudioModelPermissions, modelstudio.MODEL_PERMISSIONS_OUTPUTS),
    RESERVATION_TYPE: (resources.ModelStudioReservation, modelstudio_deployments.RESERVATION_OUTPUTS),
    MODEL_UNIT_DEPLOYMENT_TYPE: (resources.ModelStudioModelUnitDeployment, modelstudio_deployments.MODEL_UNIT_DEPLOYMENT_OUTPUTS),
    RANDOM_SECRET_TYPE: (resources.KmsRandomSecret, kms.RANDOM_SECRET_OUTPUTS),
    SELF_SIGNED_CERTIFICATE_TYPE: (resources.CasSelfSignedCertificate, cas.SELF_SIGNED_CERTIFICATE_OUTPUTS),
    ROLLOUT_TYPE: (resources.EssRollout, ess.ROLLOUT_OUTPUTS),
    ENDPOINT_TYPE: (resources.AlbEndpoint, alb.ENDPOINT_OUTPUTS),
}
DOCUMENT = json.loads(schema())


@pytest.mark.parametrize("token", sorted(KINDS))
def test_the_classes_take_and_give_what_the_schema_says(token: str) -> None:
    resource = DOCUMENT["resources"][token]
    declares, listed = CLASSES[token]
    given = {name for name in inspect.signature(declares.__init__).parameters if name not in {"self", "resource_name", "opts"}}
    assert {camel(name) for name in given} == set(resource["inputProperties"])
    assert set(listed) == set(KINDS[token].outputs) == set(resource["properties"]) - set(resource["inputProperties"])
    assert set(resource["requiredInputs"]) <= set(resource["inputProperties"])


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def test_references_lead_somewhere_and_secrets_are_marked() -> None:
    text = schema()
    assert DOCUMENT["resources"]["fourways:eas:ResourceGroup"]["inputProperties"]["dLink"]["$ref"] == "#/types/fourways:eas:DLink"
    assert {"fourways:eas:DLink", "fourways:eas:Log"} <= set(DOCUMENT["types"])
    # token as input and output, accessToken, groupAccessToken; value, previousValue; apiKey as input and output, twice;
    # value of a random secret
    assert text.count('"secret": true') == 11
    assert DOCUMENT["resources"]["fourways:eas:Service"]["inputProperties"]["region"]["willReplaceOnChanges"]


def test_outputs_are_those_of_the_schema(cloud: Any) -> None:
    async def test() -> None:
        async with running(cloud) as harness:
            answer = await harness.ask("GetSchema", provider_pb2.GetSchemaRequest())
            assert json.loads(answer.schema) == DOCUMENT
            for urn, inputs, token in ((URN, service(), "fourways:eas:Service"), (GROUP_URN, group(), "fourways:eas:ResourceGroup")):
                made = plain((await harness.create(urn, inputs)).properties)
                assert set(made) <= set(DOCUMENT["resources"][token]["properties"])
                assert set(KINDS[token].outputs) - set(KINDS[token].absent) <= set(made)

    asyncio.run(test())
