"""Stacks at Model Studio, each in the order in which a user lives it: up, call, rotate, scale, destroy. Nothing is left, billed or free."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.end_to_end.conftest import Run

TOKEN, PTU, UNITS = "token-singapore", "ptu-singapore", "mu-studio-beijing"
REGION = "ap-southeast-1"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def at(stack: str) -> tuple[str, ...]:
    return ("--stack", stack, "--non-interactive")


def up(run: Run, stack: str) -> dict[str, Any]:
    run.pulumi("up", "--yes", "--skip-preview", *at(stack))
    return run.workspace.outputs(stack)


def one(run: Run, stack: str, type_: str) -> dict[str, Any]:
    """The outputs of the stack's only resource of a type of Model Studio's."""
    resources = run.workspace.state(stack)["deployment"]["resources"]
    (found,) = [resource for resource in resources if resource["type"] == f"fourways:modelstudio:{type_}"]
    outputs: dict[str, Any] = found["outputs"]
    return outputs


def client(outputs: dict[str, Any], **changes: Any) -> openai.OpenAI:
    return openai.OpenAI(**{"base_url": outputs["base_url"], "api_key": outputs["api_key"], "max_retries": 0, **changes})


def ask(outputs: dict[str, Any], **changes: Any) -> int:
    """One request as any client makes it; the tokens of its answer."""
    messages: Any = [{"role": "user", "content": "hello"}]
    answer = client(outputs, **changes).chat.completions.create(model=outputs["model"], messages=messages, max_tokens=8)
    assert answer.usage is not None
    return answer.usage.completion_tokens


def inventory(run: Run) -> set[str]:
    return {row["kind"] for row in run.fake.ask("state")}


def test_a_token_api_serves_with_a_key_of_the_stack_s_own(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", TOKEN, "--non-interactive")
    outputs = kept["token"] = up(run, TOKEN)
    workspace = one(run, TOKEN, "Workspace")
    assert outputs["base_url"] == f"http://{run.fake.address}/maas/{workspace['apiHost']}/compatible-mode/v1"
    assert (outputs["kind"], outputs["region"], outputs["model"]) == ("token", REGION, "deepseek-v4-flash")
    assert ask(outputs) == 8
    with pytest.raises(openai.AuthenticationError):
        ask(outputs, api_key="sk-wrong")


def test_tokens_are_billed_and_nothing_by_the_hour(run: Run) -> None:
    bills = run.open_bills()
    assert {bill["kind"] for bill in bills} <= {"token-usage"}
    assert inventory(run) >= {"model-studio-workspace", "model-studio-api-key"}


def test_neither_a_preview_nor_a_refresh_finds_a_change(run: Run) -> None:
    run.pulumi("preview", "--expect-no-changes", *at(TOKEN))
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *at(TOKEN))


def test_a_rotation_with_overlap_lets_callers_move_over(run: Run, kept: dict[str, Any]) -> None:
    before = kept["token"]
    run.configure(TOKEN, {"key": {"rotation": "2"}})
    after = kept["rotated"] = up(run, TOKEN)
    assert after["api_key"] != before["api_key"]
    assert ask(after) == ask(before) == 8
    run.configure(TOKEN, {"key": {"overlap": False}})
    up(run, TOKEN)
    assert ask(after) == 8
    with pytest.raises(openai.AuthenticationError):
        ask(before)
    run.pulumi("preview", "--expect-no-changes", *at(TOKEN))


def test_the_end_of_a_token_api_leaves_nothing(run: Run) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *at(TOKEN))
    assert run.open_bills() == []
    assert run.fake.ask("state") == []


def calls(run: Run, action: str) -> int:
    return int(run.fake.ask("requests")["actions"].get(action, 0))


def test_reserved_throughput_serves_and_is_billed_by_the_hour(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", PTU, "--non-interactive")
    outputs = kept["ptu"] = up(run, PTU)
    reservation = one(run, PTU, "Reservation")
    assert outputs["model"] == reservation["deployedModel"] != "deepseek-v4-flash"
    assert (outputs["kind"], outputs["capacity"]) == ("ptu", "500000 in / 50000 out TPM, fast tier")
    assert ask(outputs) == 8
    (bill,) = run.open_bills()
    assert (bill["kind"], bill["charge_type"], float(bill["hourly_price"])) == ("ptu-reservation", "PostPaid", 324.0)


def test_a_reservation_shows_no_change_either(run: Run) -> None:
    run.pulumi("preview", "--expect-no-changes", *at(PTU))
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *at(PTU))


def test_capacity_that_is_not_sold_is_refused_before_anything_is_called(run: Run) -> None:
    before = sum(run.fake.ask("requests")["actions"].values())
    run.configure(PTU, {"reservation": {"inputTpm": 505000}})
    text = run.pulumi("up", "--yes", "--skip-preview", *at(PTU), fails=True)
    assert "500000 or 510000" in text
    assert "Traceback" not in text
    assert sum(run.fake.ask("requests")["actions"].values()) == before


def test_a_reservation_is_scaled_where_it_is(run: Run, kept: dict[str, Any]) -> None:
    before = one(run, PTU, "Reservation")
    run.configure(PTU, {"reservation": {"inputTpm": 600000, "outputTpm": 60000}})
    outputs = up(run, PTU)
    assert one(run, PTU, "Reservation")["instanceIds"] == before["instanceIds"]
    assert outputs["model"] == kept["ptu"]["model"]
    (bill,) = run.open_bills()
    assert float(bill["hourly_price"]) == 60 * 5.4 + 60 * 1.08
    run.pulumi("preview", "--expect-no-changes", *at(PTU))


def test_a_new_key_leaves_the_reservation_alone(run: Run, kept: dict[str, Any]) -> None:
    created, scaled = calls(run, "CreateDeployment"), calls(run, "ScaleDeployment")
    run.configure(PTU, {"key": {"rotation": "2"}})
    outputs = kept["ptu rotated"] = up(run, PTU)
    assert outputs["api_key"] != kept["ptu"]["api_key"]
    assert ask(outputs) == 8
    assert (calls(run, "CreateDeployment"), calls(run, "ScaleDeployment")) == (created, scaled)
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *at(PTU))


def test_the_end_of_a_reservation_leaves_nothing(run: Run) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *at(PTU))
    assert run.open_bills() == []
    assert run.fake.ask("state") == []


def test_units_of_model_studio_serve_are_scaled_and_go(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", UNITS, "--non-interactive")
    outputs = kept["units"] = up(run, UNITS)
    assert (outputs["kind"], outputs["capacity"]) == ("model-unit", "8 x MU1 (Model Studio)")
    assert ask(outputs) == 8
    assert sum(float(bill["hourly_price"]) for bill in run.open_bills()) == 8 * 54
    assert {bill["kind"] for bill in run.open_bills()} == {"model-unit"}
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *at(UNITS))
    run.configure(UNITS, {"capacity": {"units": 16}})
    assert up(run, UNITS)["model"] == outputs["model"]
    assert sum(float(bill["hourly_price"]) for bill in run.open_bills()) == 16 * 54
    run.pulumi("destroy", "--yes", "--skip-preview", *at(UNITS))
    assert run.open_bills() == []
    assert run.fake.ask("state") == []


def test_a_term_that_is_left_to_expire_is_all_that_stays(run: Run, kept: dict[str, Any]) -> None:
    run.configure(PTU, {"reservation": {"chargeType": "PrePaid", "termDays": 30}})
    kept["term"] = up(run, PTU)
    text = run.pulumi("destroy", "--yes", "--skip-preview", *at(PTU), fails=True)
    assert "let_expire" in text
    run.configure(PTU, {"reservation": {"onDelete": "let_expire"}})
    up(run, PTU)
    assert "left to expire" in run.pulumi("destroy", "--yes", "--skip-preview", *at(PTU))
    (bill,) = run.open_bills()
    assert (bill["kind"], bill["charge_type"]) == ("ptu-reservation", "PrePaid")
    assert inventory(run) == {"model-studio-workspace", "ptu-reservation", "ptu-capacity-instance"}


def test_no_key_is_read_in_clear_and_no_call_was_unknown(run: Run, kept: dict[str, Any]) -> None:
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(run.secret_key, *{outputs["api_key"] for outputs in kept.values()}) == []
