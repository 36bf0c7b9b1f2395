"""Reservations and model units in tests: URNs, inputs, a key of the fake's default workspace."""

from __future__ import annotations

from typing import Any

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.cloud import Cloud
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Auth
from tests.provider.harness import REGION, Harness

RESERVATION_URN = "urn:pulumi:test::fourways::fourways:modelstudio:Reservation::peak"
UNITS_URN = "urn:pulumi:test::fourways::fourways:modelstudio:ModelUnitDeployment::units"
MODEL = "deepseek-v4-flash"


def key(cloud: Cloud, region: str = REGION) -> str:
    """The value of a key that may call everything: always the same one of a region."""
    studio = cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, region)
    found = next((one for one in studio.keys.values() if one.description == "tests"), None)
    return (found or studio.add_key(studio.default, "test", "tests", Auth())).value


def reservation(harness: Harness, **changes: Any) -> dict[str, Any]:
    """Inputs of a postpaid reservation of 500 000 / 50 000 TPM."""
    return {
        "name": "peak",
        "region": REGION,
        "model": MODEL,
        "tier": "fast",
        "chargeType": "PostPaid",
        "inputTpm": 500_000,
        "outputTpm": 50_000,
        "apiKey": key(harness.cloud),
        **changes,
    }


def prepaid(harness: Harness, **changes: Any) -> dict[str, Any]:
    """Inputs of a prepaid reservation of 30 days."""
    return reservation(harness, **{"chargeType": "PrePaid", "termDays": 30, **changes})


def units(harness: Harness, **changes: Any) -> dict[str, Any]:
    """Inputs of 8 model units."""
    return {
        "name": "units",
        "region": REGION,
        "model": MODEL,
        "spec": "MU1",
        "units": 8,
        "apiKey": key(harness.cloud),
        **changes,
    }


def sent(harness: Harness, action: str) -> list[dict[str, Any]]:
    """The JSON bodies of the calls of an action, in order."""
    return [row["body"] for row in harness.cloud.requests.rows if row["action"] == action]
