"""Stack files that work: both ways of reading them, defaults, the schema."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stacks.problems import Problem
from stacks.settings import Settings, SettingsError, json_schema, load, read_stack_file
from tests.stacks.stack_files import BENCHMARK, GOOD, changed

ROOT = Path(__file__).resolve().parents[2]
STANDARD = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))


def as_pulumi_hands_it(config: dict[str, Any]) -> dict[str, str]:
    """Pulumi's form: every value is text, structures as JSON."""
    return {
        key: value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list | bool) else str(value)
        for key, value in config.items()
    }


def test_the_standard_stacks_are_there() -> None:
    assert STANDARD == [
        "metal-singapore",
        "mu-beijing",
        "mu-singapore",
        "mu-studio-beijing",
        "payg-singapore",
        "ptu-singapore",
        "qwen-singapore",
        "token-singapore",
    ]


@pytest.mark.parametrize("stack", STANDARD)
def test_standard_stacks_read_alike_from_the_file_and_from_pulumi(stack: str) -> None:
    path = ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    config = yaml.safe_load(path.read_text())["config"]
    assert read_stack_file(path) == load(as_pulumi_hands_it(config), stack=stack)


def test_mu_singapore_is_what_the_design_says() -> None:
    settings = read_stack_file(ROOT / "stacks/Pulumi.mu-singapore.yaml")
    serving = settings.deployment
    assert (settings.environment, settings.region, serving.capacity.units, serving.capacity.spec) == (
        "production",
        "ap-southeast-1",
        4,
        "MU1",
    )
    assert (serving.replicas.count, serving.replicas.gpus, serving.engine.tensor_parallel) == (1, 4, 4)
    assert serving.access.public
    assert settings.protect is False


def test_mu_beijing_differs_only_in_the_place() -> None:
    singapore, beijing = (read_stack_file(ROOT / f"stacks/Pulumi.mu-{place}.yaml") for place in ("singapore", "beijing"))
    assert beijing.region == "cn-beijing"
    elsewhere = {"stack", "region", "network", "serving"}
    assert singapore.model_dump(exclude=elsewhere) == beijing.model_dump(exclude=elsewhere)
    assert singapore.deployment.model_dump(exclude={"model": {"weights"}}) == beijing.deployment.model_dump(exclude={"model": {"weights"}})


def test_a_benchmark_carries_its_end_as_written() -> None:
    settings = load(BENCHMARK, stack="bench")
    assert settings.expires_at == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert settings.lifetime == timedelta(hours=4)
    assert load(BENCHMARK, stack="bench") == settings  # nothing is counted from now


@pytest.mark.parametrize(("ttl", "length"), [("90m", timedelta(minutes=90)), ("2d", timedelta(days=2))])
def test_times_to_live(ttl: str, length: timedelta) -> None:
    assert load(BENCHMARK | {"fourways:ttl": ttl}, stack="bench").lifetime == length


def test_a_run_id_is_in_the_service_s_name() -> None:
    assert load(GOOD, stack="x").service_name == "deepseek_v4_flash_prod"
    assert load(BENCHMARK | {"fourways:run-id": "a1b2"}, stack="x").service_name == "deepseek_v4_flash_prod_a1b2"


@pytest.mark.parametrize(("given", "read"), [("true", True), (True, True), ("false", False), (False, False)])
def test_protect_is_read_from_text_too(given: object, read: bool) -> None:
    assert load(GOOD | {"fourways:protect": given}, stack="x").protect is read


@pytest.mark.parametrize("account", ["1234567890123456", 1234567890123456])
def test_an_account_without_quotes_is_the_same_account(account: object) -> None:
    assert load(GOOD | {"fourways:account": account}, stack="x").account == "1234567890123456"


def test_other_namespaces_are_nobody_s_business_here() -> None:
    assert load(GOOD | {"alicloud:endpoints": '[{"vpc": "127.0.0.1:1"}]', "aws:region": "x"}, stack="x")


def test_a_model_that_the_catalogue_does_not_have_works_with_its_size() -> None:
    config = changed("serving.model", {"id": "my-model", "gallery": "modelscope/models/mine/main/", "weightsGib": 20})
    assert load(config, stack="x").deployment.model.size_gib == 20


def test_an_image_of_one_s_own_works_for_any_version() -> None:
    config = changed("serving.engine", {"name": "vllm", "version": "0.30.1", "image": "registry.example/vllm:0.30.1", "tensorParallel": 4})
    assert load(config, stack="x").deployment.engine.image == "registry.example/vllm:0.30.1"


def test_surge_works_with_room() -> None:
    config = changed("serving.capacity.units", 8)
    config["fourways:serving"]["update"] = "surge"
    assert load(config, stack="x").deployment.update == "surge"


def test_a_failed_update_is_rolled_back_unless_the_stack_says_otherwise() -> None:
    assert load(changed("serving.replicas.count", 1), stack="x").deployment.on_update_failure == "rollback"
    assert load(changed("serving.onUpdateFailure", "keep"), stack="x").deployment.on_update_failure == "keep"


@given(
    units=st.integers(1, 64),
    gpus=st.integers(1, 8),
    count=st.integers(1, 16),
    tensor=st.integers(1, 8),
    update=st.sampled_from(["in-place", "surge"]),
)
def test_what_is_accepted_fits_what_is_bought(units: int, gpus: int, count: int, tensor: int, update: str) -> None:
    config = changed("serving.capacity.units", units)
    serving = config["fourways:serving"]
    serving["model"] = {"id": "small", "weights": "oss://bucket/small/", "weightsGib": 1}
    serving["replicas"] = {"count": count, "gpus": gpus}
    serving["engine"]["tensorParallel"] = tensor
    serving["update"] = update
    try:
        settings = load(config, stack="x")
    except SettingsError:
        return
    layout = settings.deployment.capacity.machines(gpus)
    assert layout.replicas_that_fit(gpus) >= count + (update == "surge")
    assert tensor <= gpus


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "fourways:typo"]), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers())
    )
)
def test_whatever_is_given_is_read_or_refused_in_words(odd: dict[str, Any]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(load(GOOD | odd, stack="x"), Settings)
    except SettingsError as error:
        problems = error.problems
    assert all(problem.key and problem.given and problem.allowed and problem.todo for problem in problems)


def test_the_schema_names_every_key_and_refuses_others() -> None:
    schema = json_schema()
    config = schema["properties"]["config"]
    assert set(GOOD) <= set(config["properties"])
    assert {"alicloud:region", "fourways:serving"} <= set(config["required"])
    assert schema["$defs"]["Capacity"]["additionalProperties"] is False
    json.dumps(schema)


def test_settings_are_read_without_pulumi() -> None:
    program = "import sys, stacks.settings; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
