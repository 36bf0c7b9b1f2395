"""Random secrets from their first check to their end, over gRPC against the fake cloud."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud import clients, ownership
from fourways.provider.kms.secret import ALPHABET, Value
from fourways.provider.kms.secret_inputs import LENGTH
from fourways.provider.values import UNKNOWN
from tests.provider.harness import REGION, Failed, Harness, plain, sent_in_query, struct

Provide = Callable[[Any], None]
SECRET_URN = "urn:pulumi:test::fourways::fourways:kms:RandomSecret::key"
OWN = ownership.urn_labels(SECRET_URN)
SIGNATURE = "4dabf18193072939515e22adb298388d"


def secret(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "name": "chat-key", "description": "API key of chat", **changes}


def kms(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("kms", "2016-01-20", action, request, REGION)


def there() -> dict[str, Any]:
    """The secret as the cloud has it, with its tags as a mapping."""
    found = kms("DescribeSecret", SecretName="chat-key", FetchTags="true")
    return {**found, "Tags": ownership.from_list(found["Tags"]["Tag"])}


def value(stage: str = "ACSCurrent") -> str:
    return str(kms("GetSecretValue", SecretName="chat-key", VersionStage=stage)["SecretData"])


def somebody_elses(tags: dict[str, str]) -> None:
    rows = [{"TagKey": key, "TagValue": text} for key, text in tags.items()]
    kms("CreateSecret", SecretName="chat-key", SecretData="theirs", VersionId="v1", **({"Tags": json.dumps(rows)} if rows else {}))


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = secret(tags={"fourways-owner": "llm"})
        made = await harness.create(SECRET_URN, inputs)
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/chat-key"
        assert outputs["value"] == value()
        assert len(outputs["value"]) == LENGTH
        assert set(outputs["value"]) <= set(ALPHABET)
        assert outputs["arn"] == there()["Arn"]
        assert (there()["Tags"], there()["Description"]) == ({**OWN, "fourways-owner": "llm"}, "API key of chat")

        again = await harness.read(SECRET_URN, made.id, made.properties, await harness.checked(SECRET_URN, inputs))
        assert plain(again.properties) == outputs
        assert not (await harness.diff(SECRET_URN, made, again.inputs, inputs)).diffs
        assert not harness.lines.warnings

        await harness.delete(SECRET_URN, made)
        assert harness.inventory("kms-secret") == []
        await harness.delete(SECRET_URN, made)  # not there is success
        assert (await harness.read(SECRET_URN, made.id)).id == ""

    provide(test)


def test_two_secrets_have_two_values() -> None:
    made = [Value.random(24) for _ in range(3)]
    assert len({one.data for one in made}) == len({one.version for one in made}) == 3
    assert made[0].data not in repr(made[0])


def test_the_value_is_secret_in_every_answer_and_in_no_query(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        queries = sent_in_query(monkeypatch)
        made = await harness.create(SECRET_URN, secret())
        updated = await harness.update(SECRET_URN, made, secret(), secret(rotation="1"))
        read = await harness.read(SECRET_URN, made.id, updated.properties, await harness.checked(SECRET_URN, secret(rotation="1")))
        for answer in (made, updated, read):
            assert SIGNATURE in answer.properties.fields["value"].struct_value.fields
        values = {plain(answer.properties)["value"] for answer in (made, updated)}
        assert len(values) == 2
        assert queries
        assert not [one for one in values if one in json.dumps(queries)]

    provide(test)


def test_a_rotation_keeps_the_value_before(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        before = plain(made.properties)["value"]
        preview = await harness.update(SECRET_URN, made, secret(), secret(rotation="2026-12"), preview=True)
        assert (plain(preview.properties)["value"], plain(preview.properties)["versionId"]) == (UNKNOWN, UNKNOWN)
        assert harness.lines.warnings == [
            "secret chat-key gets a new value: whoever read the one before has to read it again (it stays ACSPrevious)"
        ]
        assert value() == before
        rotated = plain((await harness.update(SECRET_URN, made, secret(), secret(rotation="2026-12"))).properties)
        assert (rotated["value"], before) == (value(), value("ACSPrevious"))
        assert rotated["value"] != before

    provide(test)


def test_another_length_is_another_value(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        longer = plain((await harness.update(SECRET_URN, made, secret(), secret(length=64))).properties)
        assert len(longer["value"]) == 64
        assert value() == longer["value"]

    provide(test)


def test_description_and_tags_change_in_place_and_the_value_stays(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret(tags={"team": "a", "old": "x"}))
        changed = secret(description="another", tags={"team": "b"})
        done = plain((await harness.update(SECRET_URN, made, secret(tags={"team": "a", "old": "x"}), changed)).properties)
        assert harness.calls("GetSecretValue") == 0
        assert done["value"] == plain(made.properties)["value"] == value()
        assert (there()["Description"], there()["Tags"]) == ("another", {**OWN, "team": "b"})
        assert harness.calls("PutSecretValue") == 0

    provide(test)


def test_drift_of_tags_is_told_and_put_right(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        kms("UntagResources", ResourceType="secret", ResourceId=["chat-key"], TagKey=["fourways-urn"])
        read = await harness.read(SECRET_URN, made.id, made.properties, await harness.checked(SECRET_URN, secret()))
        assert (await harness.diff(SECRET_URN, read, read.inputs, secret())).diffs == ["tags"]
        await harness.update(SECRET_URN, read, read.inputs, secret())
        assert there()["Tags"] == OWN

    provide(test)


@pytest.mark.parametrize("kind", ["cut-after", "error-after"])
def test_a_create_whose_answer_is_lost_is_found_and_not_made_twice(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateSecret")
        made = await harness.create(SECRET_URN, secret())
        assert plain(made.properties)["value"] == value()
        assert harness.calls("CreateSecret") == 1

    provide(test)


def test_a_create_that_did_not_happen_is_made_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut", "CreateSecret")
        made = await harness.create(SECRET_URN, secret())
        assert plain(made.properties)["value"] == value()
        assert harness.calls("CreateSecret") == 2

    provide(test)


def test_one_that_a_cut_off_run_left_is_taken_over_with_its_value(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        somebody_elses(OWN)
        made = await harness.create(SECRET_URN, secret())
        assert plain(made.properties)["value"] == "theirs"
        assert harness.lines.warnings == ["secret chat-key was left by a run that was cut off: taken over, with its value"]
        assert there()["Description"] == "API key of chat"

    provide(test)


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({}, "it carries no tags of this stack"),
        ({**OWN, "fourways-stack": "other"}, "it belongs to stack other of project fourways"),
        ({**OWN, "fourways-urn": "0" * 16}, "it belongs to stack test of project fourways"),
    ],
)
def test_somebody_elses_is_refused_by_name(provide: Provide, tags: dict[str, str], owner: str) -> None:
    async def test(harness: Harness) -> None:
        somebody_elses(tags)
        with pytest.raises(Failed, match=re.escape(f"a secret chat-key is there already in {REGION}, and {owner}. Nothing")):
            await harness.create(SECRET_URN, secret())
        assert value() == "theirs"

    provide(test)


def test_one_that_waits_for_its_deletion_is_gone_and_has_its_name(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        kms("DeleteSecret", SecretName="chat-key", RecoveryWindowInDays="7")
        assert (await harness.read(SECRET_URN, made.id, made.properties)).id == ""
        with pytest.raises(Failed, match=r"waits for its deletion \(until .*\), and has the name until then\. Nothing was created"):
            await harness.create(SECRET_URN, secret())

    provide(test)


def test_a_forced_replacement_is_refused_while_the_name_is_taken(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        await harness.diff(SECRET_URN, made, secret(), secret())
        with pytest.raises(Failed, match=r"its name is taken until it is deleted\. .*deleteBeforeReplace, or change `rotation`"):
            await harness.create(SECRET_URN, secret())
        answer = await harness.diff(SECRET_URN, made, secret(), secret(encryptionKeyId="k-1"))
        assert (list(answer.replaces), answer.deleteBeforeReplace) == (["encryptionKeyId"], True)

    provide(test)


def test_one_that_exists_comes_into_the_state_whatever_fails_after_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "DescribeSecret", nth=2, times=None, status=403, code="Forbidden.NoPermission")
        with pytest.raises(Failed, match=r"secret chat-key did not get ready: .*grant the action.* It is kept in the state") as failed:
            await harness.create(SECRET_URN, secret())
        assert failed.value.kept_id == f"{REGION}/chat-key"
        assert failed.value.properties["value"] == value()
        assert failed.value.properties["value"] not in str(failed.value)
        assert SIGNATURE.encode() in failed.value.raw

    provide(test)


def test_an_import_tells_all_inputs_and_the_value(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        kms("CreateSecret", SecretName="chat-key", SecretData="a" * 32, VersionId="v1", Description="by hand")
        read = await harness.read(SECRET_URN, f"{REGION}/chat-key")
        told = {key: one for key, one in plain(read.inputs).items() if not key.startswith("__")}
        assert told == {"region": REGION, "name": "chat-key", "length": 32, "description": "by hand", "tags": {}}
        assert (plain(read.properties)["value"], plain(read.properties)["versionId"]) == ("a" * 32, "v1")
        done = await harness.update(SECRET_URN, read, read.inputs, secret(length=32))
        assert plain(done.properties)["value"] == "a" * 32
        assert there()["Tags"] == OWN

    provide(test)


def test_a_state_without_a_value_reads_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        known = plain(made.properties)
        made.properties.CopyFrom(struct({key: one for key, one in known.items() if key not in ("value", "versionId")}))
        done = plain((await harness.update(SECRET_URN, made, secret(), secret(description="x"))).properties)
        assert (done["value"], done["versionId"]) == (known["value"], known["versionId"])

    provide(test)


def test_an_update_of_one_that_is_gone_says_so(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(SECRET_URN, secret())
        kms("DeleteSecret", SecretName="chat-key", ForceDeleteWithoutRecovery="true")
        with pytest.raises(Failed, match=r"cannot update secret chat-key: it is gone\. Run `pulumi refresh`"):
            await harness.update(SECRET_URN, made, secret(), secret(rotation="1"))

    provide(test)


@pytest.mark.parametrize(
    ("changes", "property_", "reason"),
    [
        ({"name": "a b"}, "name", "1 to 192 letters"),
        ({"length": 8}, "length", "from 24 to 512"),
        ({"tags": {"fourways-stack": "other"}}, "tags.fourways-stack", "contradicts"),
    ],
)
def test_bad_inputs_are_told(provide: Provide, changes: dict[str, Any], property_: str, reason: str) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await harness.check(SECRET_URN, secret(**changes))
        assert [(one.property, reason in one.reason) for one in failures] == [(property_, True)]

    provide(test)
