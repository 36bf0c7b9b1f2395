"""What the stacks at Model Studio declare, and the endpoint that they hand out: on the cloud and on the fake."""

from __future__ import annotations

import pytest

from stacks.settings import Settings
from tests.components.recording import Recording, is_secret, record
from tests.components.samples import (
    FOR_A_TERM,
    RESERVED,
    RESERVED_BY_DEFAULT,
    TOKENS,
    TOKENS_BY_DEFAULT,
    TOKENS_IN_THEIRS,
    UNITS,
    studio,
    whole,
)
from tests.stacks.stack_files import TOKEN

STUDIO = "fourways:modelstudio:"
OPENAI = "compatible-mode/v1"


def run(of: Settings) -> Recording:
    return record(lambda: whole(of), stack_name=of.stack)


@pytest.mark.parametrize(
    ("of", "host"),
    [
        (TOKENS, "llm-made.ap-southeast-1.maas.aliyuncs.com"),
        (TOKENS_IN_THEIRS, "llm-theirs.ap-southeast-1.maas.aliyuncs.com"),
        (TOKENS_BY_DEFAULT, "dashscope-intl.aliyuncs.com"),
    ],
)
def test_the_endpoint_is_the_workspace_s_own_host_where_there_is_one(of: Settings, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOURWAYS_FAKE", raising=False)
    assert run(of).outputs["base_url"] == f"https://{host}/{OPENAI}"
    monkeypatch.setenv("FOURWAYS_FAKE", "127.0.0.1:4566")
    assert run(of).outputs["base_url"] == f"http://127.0.0.1:4566/maas/{host}/{OPENAI}"


def test_the_key_is_secret_and_opens_the_stack_s_model_alone() -> None:
    found = run(TOKENS)
    assert is_secret(found.outputs["api_key"])
    assert found.outputs["api_key"]["value"] == "sk-a-key-of-the-stack"
    key = found.one(f"{STUDIO}ApiKey").inputs
    assert (key["models"], key["allowedIps"], key["workspaceId"]) == (["deepseek-v4-flash"], ["203.0.113.0/24"], "llm-made")
    assert (found.outputs["model"], found.outputs["kind"]) == ("deepseek-v4-flash", "token")


def test_a_key_is_handed_over_to_the_secret_that_the_stack_names() -> None:
    of = studio(TOKEN, "token-singapore", ("serving.key", {"kmsSecret": {"name": "llm/chat"}}))
    assert run(of).one(f"{STUDIO}ApiKey").inputs["kmsSecret"] == {"name": "llm/chat"}
    assert "kmsSecret" not in run(TOKENS).one(f"{STUDIO}ApiKey").inputs


def test_limits_are_given_by_the_minute_and_only_where_a_workspace_is_known() -> None:
    assert run(TOKENS).one(f"{STUDIO}ModelLimits").inputs["limits"] == [
        {"model": "deepseek-v4-flash", "requestLimit": 600, "requestLimitPeriod": 60, "usageLimit": 600000, "usageLimitPeriod": 60}
    ]
    (theirs,) = run(TOKENS_IN_THEIRS).all_of(f"{STUDIO}ModelLimits")
    assert theirs.inputs == {
        "region": "ap-southeast-1",
        "workspaceId": "llm-theirs",
        "limits": [{"model": "deepseek-v4-flash", "requestLimit": 600, "requestLimitPeriod": 60}],
    }


@pytest.mark.parametrize("of", [TOKENS_IN_THEIRS, TOKENS_BY_DEFAULT])
def test_a_workspace_that_is_not_the_stack_s_is_neither_made_nor_given_rights(of: Settings) -> None:
    found = run(of)
    assert found.all_of(f"{STUDIO}Workspace") == found.all_of(f"{STUDIO}ModelPermissions") == []


def test_a_reservation_is_bought_as_written_with_the_stack_s_own_key() -> None:
    found = run(RESERVED)
    assert found.one(f"{STUDIO}Reservation").inputs == {
        "region": "ap-southeast-1",
        "name": "chat_prod",
        "model": "deepseek-v4-flash",
        "tier": "fast",
        "chargeType": "PostPaid",
        "inputTpm": 500000,
        "outputTpm": 50000,
        "overflow": True,
        "autoRenewal": False,
        "onDelete": "refuse",
        "apiKey": "sk-a-key-of-the-stack",
        "host": "llm-made.ap-southeast-1.maas.aliyuncs.com",
        "workspaceId": "llm-made",
    }
    assert found.outputs["model"] == "deepseek-v4-flash-a1b2c3d4"
    assert found.outputs["capacity"] == "500000 in / 50000 out TPM, fast tier"


def test_nothing_is_deployed_before_the_workspace_has_the_right() -> None:
    for of, type_ in ((RESERVED, f"{STUDIO}Reservation"), (UNITS, f"{STUDIO}ModelUnitDeployment")):
        found = run(of)
        rights = found.one(f"{STUDIO}ModelPermissions")
        assert rights.inputs["models"] == [{"model": "deepseek-v4-flash", "inference": True, "deploy": True}]
        assert rights.urn in found.one(type_).depends_on
    assert run(TOKENS).one(f"{STUDIO}ModelPermissions").inputs["models"] == [{"model": "deepseek-v4-flash", "inference": True}]


def test_in_the_default_workspace_neither_host_nor_workspace_is_sent() -> None:
    inputs = run(RESERVED_BY_DEFAULT).one(f"{STUDIO}Reservation").inputs
    assert not {"host", "workspaceId"} & set(inputs)


def test_a_workspace_outlives_the_stack_only_with_a_term_that_is_left_to_expire() -> None:
    assert run(FOR_A_TERM).one(f"{STUDIO}Workspace").retain is True
    assert run(RESERVED).one(f"{STUDIO}Workspace").retain is False


def test_units_are_bought_as_written_with_the_deployment_s_own_limits() -> None:
    found = run(UNITS)
    inputs = found.one(f"{STUDIO}ModelUnitDeployment").inputs
    assert (inputs["spec"], inputs["units"], inputs["tpmLimit"], "rpmLimit" in inputs) == ("MU1", 8, 100000, False)
    assert found.all_of(f"{STUDIO}ModelLimits") == []
    assert (found.outputs["kind"], found.outputs["capacity"]) == ("model-unit", "8 x MU1 (Model Studio)")


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (
            TOKENS,
            "billed: by the token, for whatever is called with the key; nothing is bought; the key opens deepseek-v4-flash, from 203.0",
        ),
        (
            RESERVED,
            "fast tier, by the hour until it is deleted; beyond it: billed by the token; the key opens deepseek-v4-flash, from anywhere",
        ),
        (FOR_A_TERM, "for 30 days, not renewed, which cannot be given back; a destroy leaves it, and its workspace, until it ends"),
        (UNITS, "billed: 8 x MU1 (Model Studio), by the hour while the model runs"),
    ],
)
def test_a_preview_says_what_is_billed(of: Settings, says: str) -> None:
    (message,) = run(of).messages
    assert says in message
