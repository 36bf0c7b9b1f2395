"""How long a start takes by the size of the weights: off by default, by the catalogue, by the path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fourways.catalog import models

Make = Callable[..., dict[str, Any]]
FLASH_GIB = models.model("deepseek-v4-flash").weights_gib
MOUNT = {"mount_path": "/models", "oss": {"path": "oss://bucket/models/tuned/"}}


def given(service_json: Make, served: str = "deepseek-v4-flash", **more: Any) -> dict[str, Any]:
    config = service_json(gpu=4, **more)
    config["containers"][0]["command"] = f"vllm serve /models --served-model-name {served}"
    return {**config, "cloud": {"computing": {"instance_type": "ml.gu8tef.8.46xlarge"}}}


def seconds_until_running(eas: Any, config: dict[str, Any]) -> float:
    begun = eas.cloud.clock.now()
    eas.create(config)
    while eas.status() != "Running":
        eas.cloud.clock.step(eas.cloud.clock.next_due())
    return float(eas.cloud.clock.now() - begun)


@pytest.mark.parametrize(
    ("seed", "served", "seconds"),
    [
        ({}, "deepseek-v4-flash", 10),
        ({"load_gib_per_second": 2}, "deepseek-v4-flash", 10 + FLASH_GIB / 2),
        ({"load_gib_per_second": 4}, "deepseek-ai/DeepSeek-V4-Flash", 10 + FLASH_GIB / 4),
        ({"load_gib_per_second": 2}, "nobody-knows", 10),
    ],
)
def test_a_start_takes_as_long_as_the_catalogues_weights(
    eas: Any, service_json: Make, seed: dict[str, Any], served: str, seconds: float
) -> None:
    eas.cloud.seed["eas"] = seed
    assert seconds_until_running(eas, given(service_json, served)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("weights", "seconds"),
    [
        ({"oss://bucket/models/tuned/": 500}, 10 + 250),
        ({"oss://bucket/models/": 100}, 10 + 50),
        ({"oss://bucket/": 1, "oss://bucket/models/tuned/": 40, "oss://bucket/models/": 100}, 10 + 20),
        ({"oss://bucket/models/other/": 500}, 10 + FLASH_GIB / 2),
    ],
)
def test_weights_at_a_seeded_path_count_before_the_catalogue(
    eas: Any, service_json: Make, weights: dict[str, float], seconds: float
) -> None:
    eas.cloud.seed["eas"] = {"load_gib_per_second": 2, "weights_gib": weights}
    assert seconds_until_running(eas, {**given(service_json), "storage": [MOUNT]}) == pytest.approx(seconds)


def test_a_restart_and_a_new_place_load_again(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"load_gib_per_second": 2}
    seconds_until_running(eas, given(service_json))
    eas.step("node-down", service="chat", instance=eas.replicas()[0].instance_name)
    eas.wait(FLASH_GIB / 2)
    assert (eas.status(), eas.describe().running_instance) == ("Waiting", 0)
    eas.wait(8)
    assert eas.status() == "Running"


def test_a_start_up_probe_that_gives_up_while_the_weights_load_fails_the_service(eas: Any, service_json: Make) -> None:
    eas.cloud.seed["eas"] = {"load_gib_per_second": 2}
    config = given(service_json)
    config["containers"][0]["startup_check"] = {"http_get": {"path": "/health", "port": 8000}, "period_seconds": 10, "failure_threshold": 6}
    eas.create(config)
    eas.wait(2 + 60)
    assert (eas.status(), eas.describe().reason) == ("Failed", "Unhealthy")
