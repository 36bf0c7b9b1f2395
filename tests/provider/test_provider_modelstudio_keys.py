"""API keys from their first check to their end, over gRPC against the fake cloud."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud import marked_text, ownership
from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.modelstudio.records import Auth
from tests.provider.harness import REGION, Failed, Harness, plain, struct
from tests.provider.modelstudio import KEY_URN, MODEL, backend, key, keys, kms_secret, values

Provide = Callable[[Any], None]
OWN = ownership.urn_labels(KEY_URN)


def marks(description: str) -> dict[str, str]:
    return marked_text.read(description)[1]


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = key(allowedIps=["203.0.113.0/24"], models=[MODEL])
        made = await harness.create(KEY_URN, inputs)
        outputs = plain(made.properties)
        (there,) = keys(harness)
        assert made.id == f"{REGION}/{there.id}"
        assert (outputs["apiKeyId"], outputs["value"]) == (str(there.id), there.value)
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", outputs["created"])
        assert {"account": "1000000000000001", "target": "fake"}.items() <= outputs.items()
        assert not {"previousValue", "previousApiKeyId"} & set(outputs)
        assert (there.auth.type, there.auth.access_ips, there.auth.accessible_models) == ("Custom", ["203.0.113.0/24"], [MODEL])
        assert there.auth.allow_all_models is False
        assert marks(there.description) == OWN
        (sent,) = [row["parameters"]["description"] for row in harness.cloud.requests.rows if row["action"] == "CreateApiKey"]
        assert ownership.CREATING in marks(sent)

        again = await harness.read(KEY_URN, made.id, made.properties, await harness.checked(KEY_URN, inputs))
        assert plain(again.properties) == outputs
        assert not (await harness.diff(KEY_URN, made, again.inputs, inputs)).diffs
        assert not harness.lines.warnings

        await harness.delete(KEY_URN, made)
        assert keys(harness) == []
        await harness.delete(KEY_URN, made)  # not there is success
        assert (await harness.read(KEY_URN, made.id)).id == ""

    provide(test)


def test_the_value_is_secret_in_every_answer(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        signature = "4dabf18193072939515e22adb298388d"
        made = await harness.create(KEY_URN, key(overlap=True))
        updated = await harness.update(KEY_URN, made, key(overlap=True), key(overlap=True, rotation="1"))
        read = await harness.read(KEY_URN, made.id, updated.properties, await harness.checked(KEY_URN, key(overlap=True, rotation="1")))
        for answer in (made, updated, read):
            assert signature in answer.properties.fields["value"].struct_value.fields
        for answer in (updated, read):
            assert signature in answer.properties.fields["previousValue"].struct_value.fields

    provide(test)


@pytest.mark.parametrize(
    ("inputs", "path", "words"),
    [
        (
            key(allowedIps=["203.0.113.0/24", "nowhere"]),
            "allowedIps[1]",
            "'nowhere' is not allowed. Allowed: an IP address or a CIDR block",
        ),
        (key(allowedIps=["10.0.0.1"] * 21), "allowedIps", "Allowed: a list of 1 to 20"),
        (key(models=[]), "models", "Allowed: a list of model ids; left out, all models"),
        ({"region": REGION}, "description", "required, but not given"),
    ],
)
def test_what_the_cloud_would_refuse_is_refused_at_the_check(provide: Provide, inputs: dict[str, Any], path: str, words: str) -> None:
    async def test(harness: Harness) -> None:
        _, (failure,) = await harness.check(KEY_URN, inputs)
        assert failure.property == path
        assert words in failure.reason

    provide(test)


def test_a_description_without_room_for_its_mark_is_refused_at_preview(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        room = marked_text.LONGEST - len(marked_text.write("", KEY_URN, "0" * 12))
        for preview in (True, False):
            with pytest.raises(Failed, match=f"has {room + 1} characters. Allowed: at most {room}"):
                await harness.create(KEY_URN, key(description="x" * (room + 1)), preview=preview)
        made = await harness.create(KEY_URN, key(description="x" * room))
        assert plain((await harness.read(KEY_URN, made.id)).inputs)["description"] == "x" * room

    provide(test)


def test_a_change_is_made_in_place_and_drift_is_seen(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key())
        new = key(description="Another", allowedIps=["10.0.0.1"], enabled=False)
        answer = await harness.diff(KEY_URN, made, key(), new)
        assert set(answer.detailedDiff) == {"description", "allowedIps", "enabled"}
        assert not answer.replaces
        value = values(harness)
        updated = await harness.update(KEY_URN, made, key(), new)
        (there,) = keys(harness)
        assert values(harness) == value
        assert (there.enabled, there.auth.access_ips, marked_text.read(there.description)) == (False, ["10.0.0.1"], ("Another", OWN))

        there.enabled, there.auth.access_ips = True, ["10.0.0.1/32", "10.0.0.2"]
        refreshed = await harness.read(KEY_URN, made.id, updated.properties, await harness.checked(KEY_URN, new))
        drift = await harness.diff(KEY_URN, made, refreshed.inputs, new)
        assert set(drift.detailedDiff) == {"enabled", "allowedIps[0]", "allowedIps[1]"}
        there.enabled, there.auth.access_ips = False, ["10.0.0.1/32"]  # the same, written otherwise
        refreshed = await harness.read(KEY_URN, made.id, updated.properties, await harness.checked(KEY_URN, new))
        assert not (await harness.diff(KEY_URN, made, refreshed.inputs, new)).diffs

        back = await harness.update(KEY_URN, updated_as(made, updated), new, key())
        assert (there.enabled, there.auth.type) == (True, "All")
        assert plain(back.properties)["value"] == value[0]
        moved = await harness.diff(KEY_URN, made, key(workspaceId="llm-a"), key(workspaceId="llm-b"))
        assert list(moved.replaces) == ["workspaceId"]

    provide(test)


def updated_as(made: Any, answer: Any) -> Any:
    """The resource as the state has it after an update."""
    made.properties.CopyFrom(answer.properties)
    return made


def test_a_rotation_resets_the_key_and_a_preview_says_so(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key())
        before = values(harness)
        preview = await harness.update(KEY_URN, made, key(), key(rotation="1"), preview=True)
        assert "is reset: its old value ends at once" in harness.lines.warnings[0]
        assert before[0] not in str(preview)
        updated = plain((await harness.update(KEY_URN, made, key(), key(rotation="1"))).properties)
        assert [updated["value"]] == values(harness) != before
        assert updated["apiKeyId"] == plain(made.properties)["apiKeyId"]
        dropped = await harness.diff(KEY_URN, made, key(rotation="1"), key())
        assert not dropped.diffs  # left out means: as it is

    provide(test)


def test_a_preview_of_a_change_without_rotation_keeps_the_value_known(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key())
        preview = await harness.update(KEY_URN, made, key(), key(description="Another"), preview=True)
        assert plain(preview.properties)["value"] == values(harness)[0]
        assert "previousValue" not in plain(preview.properties)
        assert not harness.lines.warnings

    provide(test)


def test_an_overlap_keeps_the_key_before_until_it_ends(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = key(overlap=True)
        made = await harness.create(KEY_URN, first)
        (old,) = values(harness)
        second = key(overlap=True, rotation="1")
        updated = await harness.update(KEY_URN, made, first, second)
        outputs = plain(updated.properties)
        assert (outputs["previousValue"], outputs["value"]) == tuple(values(harness)) == (old, values(harness)[1])
        assert outputs["previousApiKeyId"] == made.id.split("/")[1]
        updated_as(made, updated)
        refreshed = await harness.read(KEY_URN, made.id, made.properties, await harness.checked(KEY_URN, second))
        assert plain(refreshed.properties) == outputs
        assert refreshed.id == f"{REGION}/{outputs['apiKeyId']}"

        described = key(overlap=True, rotation="1", description="Another", enabled=False)
        updated_as(made, await harness.update(KEY_URN, made, second, described))
        assert len(keys(harness)) == 2
        assert [one.enabled for one in keys(harness)] == [False, False]

        third = key(overlap=True, rotation="2")
        updated = await harness.update(KEY_URN, made, described, third)
        outputs = plain(updated.properties)
        assert (outputs["previousValue"], outputs["value"]) == tuple(values(harness))
        assert old not in values(harness)

        preview = await harness.update(KEY_URN, updated_as(made, updated), third, key(rotation="2"), preview=True)
        assert "previousValue" not in plain(preview.properties)
        assert "of the rotation before is deleted" in harness.lines.warnings[-1]
        ended = await harness.update(KEY_URN, updated_as(made, updated), third, key(rotation="2"))
        assert values(harness) == [plain(ended.properties)["value"]] == [outputs["value"]]
        assert "previousValue" not in plain(ended.properties)
        await harness.delete(KEY_URN, updated_as(made, ended))
        assert keys(harness) == []

    provide(test)


def test_a_delete_ends_both_keys_of_an_overlap(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key(overlap=True))
        updated_as(made, await harness.update(KEY_URN, made, key(overlap=True), key(overlap=True, rotation="1")))
        assert len(keys(harness)) == 2
        await harness.delete(KEY_URN, made)
        assert keys(harness) == []

    provide(test)


def test_an_imported_key_has_no_value_until_it_is_rotated(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        there = state.add_key(state.default, "somebody", "Made in the console", Auth())
        read = await harness.read(KEY_URN, f"{REGION}/{there.id}")
        assert "value" not in plain(read.properties)
        assert f"the value of key {there.id} is not known" in harness.lines.warnings[0]
        assert there.value not in str(read)
        inputs = key(description="Made in the console", workspaceId=there.workspace)
        assert not (await harness.diff(KEY_URN, read, read.inputs, inputs)).diffs
        value = there.value
        unchanged = await harness.update(KEY_URN, read, read.inputs, {**inputs, "enabled": False})
        assert "value" not in plain(unchanged.properties)
        assert values(harness) == [value]
        read.properties.CopyFrom(unchanged.properties)
        rotated = await harness.update(KEY_URN, read, {**inputs, "enabled": False}, {**inputs, "rotation": "1"})
        assert [plain(rotated.properties)["value"]] == values(harness) != [value]

    provide(test)


def test_what_is_gone_is_said(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key())
        backend(harness).keys.clear()
        with pytest.raises(Failed, match="it is gone"):
            await harness.update(KEY_URN, made, key(), key(description="Another"))
        assert (await harness.read(KEY_URN, made.id, made.properties, await harness.checked(KEY_URN, key()))).id == ""

    provide(test)


def test_the_value_is_handed_over_to_a_kms_secret(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        with pytest.raises(Failed, match=f"there is no KMS secret chat-key in {REGION}: make it first") as failed:
            await harness.create(KEY_URN, key(kmsSecret={"name": "chat-key"}))
        assert failed.value.properties["value"] == values(harness)[0]
        assert "kmsVersion" not in failed.value.properties
        made = await harness.read(KEY_URN, str(failed.value.kept_id), struct(failed.value.properties), struct(failed.value.inputs))
        secret = kms_secret(harness, "chat-key")
        inputs = key(kmsSecret={"name": "chat-key"})
        updated_as(made, await harness.update(KEY_URN, made, inputs, inputs))
        assert secret.versions[secret.stages["ACSCurrent"]].data == values(harness)[0]
        assert plain(made.properties)["kmsVersion"] == f"chat-key/{secret.stages['ACSCurrent']}"
        assert values(harness)[0] not in str([row["parameters"] for row in harness.cloud.requests.rows])

        rotated = key(kmsSecret={"name": "chat-key"}, rotation="1", overlap=True)
        updated_as(made, await harness.update(KEY_URN, made, inputs, rotated))
        stages = [secret.versions[secret.stages[stage]].data for stage in ("ACSPrevious", "ACSCurrent")]
        assert stages == values(harness)
        calls = harness.calls("PutSecretValue")
        again = await harness.update(KEY_URN, made, rotated, rotated | {"description": "Another"})
        assert harness.calls("PutSecretValue") == calls
        kept = plain(again.properties)["kmsVersion"]
        refreshed = await harness.read(KEY_URN, made.id, again.properties, await harness.checked(KEY_URN, rotated))
        assert plain(refreshed.properties)["kmsVersion"] == kept
        ended = await harness.update(KEY_URN, made, rotated, key(rotation="1", overlap=True))
        assert "kmsVersion" not in plain(ended.properties)
        await harness.delete(KEY_URN, made)
        assert [one.id for one in harness.cloud.backend(KmsBackend, "1000000000000001", REGION).secrets] == ["chat-key"]

    provide(test)
