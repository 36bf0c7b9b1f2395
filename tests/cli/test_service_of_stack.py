"""Which service `fourways logs` and `events` read about."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.cli.errors import UserError
from fourways.cli.service_of_stack import ServiceRef, service_of


def state(*names: str) -> dict[str, Any]:
    services = [{"type": "fourways:eas:Service", "outputs": {"name": name, "region": "cn-beijing"}} for name in names]
    return {"deployment": {"resources": [{"type": "pulumi:pulumi:Stack"}, *services]}}


def test_the_only_service_needs_no_name() -> None:
    assert service_of(state("chat"), "s") == ServiceRef("cn-beijing", "chat")


def test_of_several_one_is_named() -> None:
    assert service_of(state("chat", "canary"), "s", "canary").name == "canary"


def test_what_waits_for_its_deletion_does_not_count() -> None:
    given = state("chat", "chat")
    given["deployment"]["resources"][1]["delete"] = True
    assert service_of(given, "s") == ServiceRef("cn-beijing", "chat")


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ({"deployment": None}, None, "no PAI-EAS service"),
        (state("chat", "canary"), None, r"several services \(chat, canary\): choose one with --service"),
        (state("chat"), "nope", "no service 'nope'; it has chat"),
    ],
)
def test_what_cannot_be_chosen_is_told(given: dict[str, Any], name: str | None, said: str) -> None:
    with pytest.raises(UserError, match=said):
        service_of(given, "s", name)
