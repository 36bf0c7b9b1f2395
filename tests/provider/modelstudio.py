"""Inputs of Model Studio's resources, and what the fake has of them."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.kms.secrets import Secret, Version
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import ApiKey
from tests.provider.harness import REGION, Harness

WORKSPACE_URN = "urn:pulumi:test::fourways::fourways:modelstudio:Workspace::serving"
KEY_URN = "urn:pulumi:test::fourways::fourways:modelstudio:ApiKey::key"
LIMITS_URN = "urn:pulumi:test::fourways::fourways:modelstudio:ModelLimits::limits"
PERMISSIONS_URN = "urn:pulumi:test::fourways::fourways:modelstudio:ModelPermissions::permissions"
MODEL, OTHER = "deepseek-v4-flash", "qwen-plus"
ACCOUNT = "1000000000000001"


def workspace(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "workspaceName": "serving", **changes}


def key(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "description": "Key of the chat", **changes}


def backend(harness: Harness) -> ModelStudioBackend:
    """Model Studio of the test's account and region."""
    return harness.cloud.backend(ModelStudioBackend, ACCOUNT, REGION)


def kms_secret(harness: Harness, name: str) -> Secret:
    """A secret that the program has made."""
    now = harness.cloud.clock.now()
    made = Secret(id=name, name=name, created=now)
    made.put("v0", Version("nothing yet", "text", now), ["ACSCurrent"])
    return harness.cloud.backend(KmsBackend, ACCOUNT, REGION).secrets.add(made)


def keys(harness: Harness) -> list[ApiKey]:
    """All keys, by age."""
    return list(backend(harness).keys.values())


def values(harness: Harness) -> list[str]:
    return [one.value for one in keys(harness)]
