"""Model units of Model Studio, over gRPC against the fake cloud."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.reserving import MODEL, UNITS_URN, key, sent, units

Provide = Callable[[Any], None]


async def change(harness: Harness, made: Any, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Updates, and leaves the result in `made` as the engine does."""
    answer = await harness.update(UNITS_URN, made, old, new)
    made.properties.CopyFrom(answer.properties)
    return plain(answer.properties)


def test_create_scale_limit_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = units(harness, rpmLimit=600, maxContextLength=32_768, enableThinking=False)
        made = await harness.create(UNITS_URN, first)
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['deployedModel']}"
        assert (outputs["status"], outputs["readyUnits"], outputs["baseUnits"]) == ("RUNNING", 8, 8)
        (body,) = sent(harness, "CreateDeployment")
        assert body == {
            "name": body["name"],
            "model_name": MODEL,
            "plan": "mu",
            "deploy_spec": "MU1",
            "billing_method": "POST_PAY",
            "capacity": 8,
            "rpm_limit": 600,
            "max_context_length": 32_768,
            "enable_thinking": False,
            "suffix": body["suffix"],
        }
        second = {**first, "units": 16, "rpmLimit": 1200, "tpmLimit": 90_000}
        answer = await harness.diff(UNITS_URN, made, first, second)
        assert (set(answer.detailedDiff), list(answer.replaces)) == ({"units", "rpmLimit", "tpmLimit"}, [])
        assert (await change(harness, made, first, second))["readyUnits"] == 16
        assert sent(harness, "ScaleDeployment") == [{"capacity": 16}]
        assert sent(harness, "UpdateDeployment") == [{"rpm_limit": 1200, "tpm_limit": 90_000}]
        checked = await harness.checked(UNITS_URN, second)
        read = await harness.read(UNITS_URN, made.id, made.properties, checked)
        assert (await harness.diff(UNITS_URN, made, read.inputs, second)).changes == 1
        await harness.delete(UNITS_URN, made)
        assert harness.inventory("model-unit-deployment") == []
        assert not harness.cloud.ledger.rows(only_open=True)
        assert (await harness.read(UNITS_URN, made.id, made.properties, checked)).id == ""

    provide(test)


def test_what_the_region_does_not_offer_is_refused_with_what_it_does(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        for preview in (True, False):
            with pytest.raises(
                Failed, match=r"no model units of glm-9 are offered in ap-southeast-1\. Nothing was bought\. Offered there: " + MODEL
            ):
                await harness.create(UNITS_URN, units(harness, model="glm-9"), preview=preview)
            with pytest.raises(Failed, match=r"no spec MU9 without separate prefill and decode units is offered"):
                await harness.create(UNITS_URN, units(harness, spec="MU9"), preview=preview)
            with pytest.raises(Failed, match=r"units: 12 is no multiple of 8.*Nearest: 8 and 16"):
                await harness.create(UNITS_URN, units(harness, units=12), preview=preview)
        assert not sent(harness, "CreateDeployment")

    provide(test)


def test_a_region_without_any_says_none_at_all(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"deployments": {"templates": {MODEL: []}}}
        with pytest.raises(Failed, match="Offered there: none at all"):
            await harness.create(UNITS_URN, units(harness))

    provide(test)


def test_a_preview_without_the_cloud_goes_through(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut", "ListDeployableModels", times=None)
        await harness.create(UNITS_URN, units(harness), preview=True)
        assert harness.calls("ListDeployableModels") == 1  # and does not wait for it

    provide(test)


def test_separated_templates_take_units_by_role(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = units(harness, units=16, prefillUnits=8, decodeUnits=8)
        made = await harness.create(UNITS_URN, first)
        (body,) = sent(harness, "CreateDeployment")
        assert (body["deploy_spec"], body["prefill_capacity"], body["decode_capacity"]) == ("MU1-PD", 8, 8)
        assert "capacity" not in body
        second = units(harness, units=24, prefillUnits=8, decodeUnits=16)
        outputs = await change(harness, made, first, second)
        assert (outputs["readyUnits"], outputs["baseUnits"]) == (24, 16)
        assert sent(harness, "ScaleDeployment") == [{"prefill_capacity": 8, "decode_capacity": 16}]

    provide(test)


def test_a_scale_that_fails_says_why_and_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(UNITS_URN, units(harness))
        harness.fault("no-stock", "ScaleDeployment")
        with pytest.raises(Failed, match=r"scaling to 16 units failed, 8 are there: There is no capacity left") as failed:
            await harness.update(UNITS_URN, made, units(harness), units(harness, units=16))
        assert failed.value.kept_id == made.id

    provide(test)


def test_a_deployment_that_fails_says_why_and_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("no-stock", "CreateDeployment")
        with pytest.raises(Failed, match=r"is FAILED: There is no capacity left .* kept in the state") as failed:
            await harness.create(UNITS_URN, units(harness))
        assert failed.value.kept_id
        assert failed.value.properties["status"] == "FAILED"

    provide(test)


@pytest.mark.parametrize("action", ["ScaleDeployment", "UpdateDeployment", "DeleteDeployment"])
@pytest.mark.parametrize("kind", ["cut", "cut-after", "error-after", "throttle"])
def test_a_change_without_an_answer_is_made_once(provide: Provide, action: str, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(UNITS_URN, units(harness))
        harness.fault(kind, action)
        outputs = await change(harness, made, units(harness), units(harness, units=16, rpmLimit=5))
        assert outputs["readyUnits"] == 16
        await harness.delete(UNITS_URN, made)
        assert harness.inventory("model-unit-deployment") == []

    provide(test)


def test_import(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(UNITS_URN, units(harness, rpmLimit=5))
        monkeypatch.setenv("DASHSCOPE_API_KEY", key(harness.cloud))
        read = await harness.read(UNITS_URN, made.id)
        inputs = plain(read.inputs)
        assert (inputs["name"], inputs["spec"], inputs["units"], inputs["rpmLimit"]) == ("units", "MU1", 8, 5)
        assert "apiKey" not in inputs
        assert (await harness.diff(UNITS_URN, read, read.inputs, units(harness))).changes == 1

    provide(test)
