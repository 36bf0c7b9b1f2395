"""An update that fails under the eyes of a client that never stops asking, in the order in which it is lived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.asking import asking
from tests.end_to_end.conftest import Run

STACK = "mu-singapore"
AT = ("--stack", STACK, "--non-interactive")
DOWN = "this update takes the endpoint down until the new version runs"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def service(run: Run) -> dict[str, Any]:
    """The service in the state."""
    resources = run.workspace.state(STACK)["deployment"]["resources"]
    (found,) = [resource for resource in resources if resource["type"] == "fourways:eas:Service"]
    return dict(found)


def test_without_spare_units_the_preview_says_that_the_endpoint_will_be_down(run: Run) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    assert DOWN not in run.pulumi("preview", *AT)
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:2"}})
    assert DOWN in run.pulumi("preview", *AT)


def test_with_spare_units_an_update_is_by_surge(run: Run, kept: dict[str, Any]) -> None:
    run.configure(STACK, {"capacity": {"units": 8}, "update": "surge"})
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    kept["outputs"] = run.workspace.outputs(STACK)
    kept["service"] = service(run)
    assert kept["service"]["outputs"]["currentVersion"] == 2


def test_a_broken_version_is_rolled_back_and_no_client_notices(run: Run, kept: dict[str, Any]) -> None:
    key = kept["outputs"]["api_key"]
    log = ["INFO 11-24 14:03:11 [api_server.py:1024] vLLM API server version 0.20.0", f"ValueError: bad key {key}"]
    run.fake.ask("seed", "POST", {"eas": {"crashing_images": {"*:3": log}}})
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:3"}})
    assert DOWN not in run.pulumi("preview", *AT)
    with asking(run, kept["outputs"]) as answers:
        said = run.pulumi("up", "--yes", "--skip-preview", *AT, fails=True)
    assert answers.bad == []
    assert answers.good > 10
    assert "Instance crashed" in said
    assert "ValueError: bad key [secret]" in said
    assert "It was rolled back: version 2 serves again" in said
    assert "Traceback" not in said


def test_the_state_says_what_runs_and_the_change_is_planned_again(run: Run, kept: dict[str, Any]) -> None:
    assert service(run)["inputs"] == kept["service"]["inputs"]
    assert "initErrors" not in service(run)
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *AT)
    run.pulumi("preview", "--expect-no-changes", *AT, fails=True)
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:2"}})
    run.pulumi("preview", "--expect-no-changes", *AT)


def test_kept_on_purpose_it_is_mended_by_the_next_up(run: Run, kept: dict[str, Any]) -> None:
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:3"}, "onUpdateFailure": "keep"})
    with asking(run, kept["outputs"]) as answers:
        said = run.pulumi("up", "--yes", "--skip-preview", *AT, fails=True)
        assert "1 instance serves meanwhile. It is kept in the state" in said
        assert service(run)["initErrors"]
        run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:4"}})
        run.pulumi("up", "--yes", "--skip-preview", *AT)
    assert answers.bad == []
    assert answers.good > 10
    assert service(run)["outputs"]["status"] == "Running"
    run.pulumi("preview", "--expect-no-changes", *AT)


def test_destroy_leaves_nothing(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *AT)
    assert run.open_bills() == []
    assert run.fake.ask("state") == []
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []
