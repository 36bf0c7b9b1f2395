"""Self-signed certificates from their upload to their end, over gRPC against the fake cloud."""

import ipaddress
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fourways.cloud import clients, ownership
from fourways.provider.cas import pair
from fourways.provider.cas.certificate import _identifier
from tests.provider.harness import REGION, Failed, Harness, plain, sent_in_query

Provide = Callable[[Any], None]
CERTIFICATE_URN = "urn:pulumi:test::fourways::fourways:cas:SelfSignedCertificate::front"
OWN = ownership.urn_labels(CERTIFICATE_URN)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def certificate(**changes: Any) -> dict[str, Any]:
    return {"region": REGION, "name": "front", "commonName": "*.example.com", **changes}


def cas(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("cas", "2020-04-07", action, request, REGION)


def uploaded() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = cas("ListUserCertificateOrder", OrderType="UPLOAD")["CertificateOrderList"]
    return rows


def detail(id_: str) -> dict[str, Any]:
    return cas("GetUserCertificateDetail", CertId=id_)


def id_of(made: Any) -> str:
    return str(made.id).split("/")[1]


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        inputs = certificate(dnsNames=["*.example.com", "10.0.0.7"], tags={"fourways-owner": "llm"})
        made = await harness.create(CERTIFICATE_URN, inputs)
        outputs, there = plain(made.properties), detail(id_of(made))
        assert outputs["certificateId"] == there["CertIdentifier"]
        assert outputs["certificate"] == there["Cert"]
        assert ownership.from_list(there["Tags"]) == {**OWN, "fourways-owner": "llm"}
        assert there["Name"].startswith(f"front-{OWN['fourways-urn']}-")
        assert len(there["Name"]) <= 63
        read = x509.load_pem_x509_certificate(outputs["certificate"].encode())
        assert outputs["fingerprint"] == read.fingerprint(hashes.SHA256()).hex()
        assert outputs["notAfter"] == ownership.format_time(read.not_valid_after_utc)

        again = await harness.read(CERTIFICATE_URN, made.id, made.properties, await harness.checked(CERTIFICATE_URN, inputs))
        assert plain(again.properties) == outputs
        assert not (await harness.diff(CERTIFICATE_URN, made, again.inputs, inputs)).diffs
        assert not harness.lines.warnings

        await harness.delete(CERTIFICATE_URN, made)
        assert uploaded() == []
        await harness.delete(CERTIFICATE_URN, made)  # not there is success
        assert (await harness.read(CERTIFICATE_URN, made.id)).id == ""

    provide(test)


def test_a_pair_is_what_a_client_can_check() -> None:
    made = pair.make("front.example.com", ["front.example.com", "10.0.0.7"], 30, NOW)
    read = x509.load_pem_x509_certificate(made.certificate.encode())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["front.example.com"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.0.0.7")]
    assert read.not_valid_after_utc == NOW + timedelta(days=30)
    assert read.not_valid_before_utc < NOW
    read.verify_directly_issued_by(read)
    assert made.key.startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made.key not in repr(made)
    ssl.create_default_context(cadata=made.certificate)


def test_without_names_it_is_for_its_common_name() -> None:
    read = x509.load_pem_x509_certificate(pair.make("a.example.com", [], 1, NOW).certificate.encode())
    assert read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName) == ["a.example.com"]


def test_the_key_goes_to_the_cloud_alone(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        queries = sent_in_query(monkeypatch)
        made = await harness.create(CERTIFICATE_URN, certificate())
        key = detail(id_of(made))["Key"]
        assert "PRIVATE KEY" in key
        line = key.splitlines()[1]
        assert line not in json.dumps(plain(made.properties))
        assert queries
        assert line not in json.dumps(queries)
        own = next(row for row in harness.cloud.requests.rows if row["action"] == "GetUserCertificateDetail")
        assert str(own["parameters"]["CertFilter"]).lower() == "true"  # never asked for again

    provide(test)


@pytest.mark.parametrize(
    "change", [{"rotation": "2026-12"}, {"dnsNames": ["b.example.com"]}, {"validDays": 30}, {"commonName": "x.example"}]
)
def test_a_change_makes_another_one_before_the_old_one_goes(provide: Provide, change: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        old = await harness.create(CERTIFICATE_URN, certificate())
        answer = await harness.diff(CERTIFICATE_URN, old, certificate(), certificate(**change))
        assert (list(answer.replaces), answer.deleteBeforeReplace) == (list(change), False)
        new = await harness.create(CERTIFICATE_URN, certificate(**change))
        assert {str(row["CertificateId"]) for row in uploaded()} == {id_of(old), id_of(new)}
        await harness.delete(CERTIFICATE_URN, old)
        assert [str(row["CertificateId"]) for row in uploaded()] == [id_of(new)]

    provide(test)


def test_tags_change_in_place(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(CERTIFICATE_URN, certificate(tags={"team": "a"}))
        answer = await harness.diff(CERTIFICATE_URN, made, certificate(tags={"team": "a"}), certificate(tags={"team": "b"}))
        assert (list(answer.replaces), list(answer.diffs)) == ([], ["tags"])
        done = await harness.update(CERTIFICATE_URN, made, certificate(tags={"team": "a"}), certificate(tags={"team": "b"}))
        assert plain(done.properties)["certificate"] == plain(made.properties)["certificate"]
        assert ownership.from_list(detail(id_of(made))["Tags"]) == {**OWN, "team": "b"}

    provide(test)


@pytest.mark.parametrize(("kind", "uploads"), [("cut-after", 1), ("error-after", 1), ("cut", 2)])
def test_an_upload_whose_answer_is_lost_is_found_by_its_name(provide: Provide, kind: str, uploads: int) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "UploadUserCertificate")
        made = await harness.create(CERTIFICATE_URN, certificate())
        assert detail(id_of(made))["Cert"] == plain(made.properties)["certificate"]
        assert harness.calls("UploadUserCertificate") == uploads
        assert len(uploaded()) == 1

    provide(test)


def test_a_long_name_is_cut_before_its_mark(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(CERTIFICATE_URN, certificate(name="n" * 50))
        name = detail(id_of(made))["Name"]
        assert (len(name), name[:38]) == (63, "n" * 37 + "-")

    provide(test)


def test_what_a_cut_off_run_left_is_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        left = pair.make("*.example.com", [], 30, NOW)
        name = f"front-{OWN['fourways-urn']}-0123abcd"
        id_ = str(cas("UploadUserCertificate", Name=name, Cert=left.certificate, Key=left.key)["CertId"])
        other = str(cas("UploadUserCertificate", Name="front-0000000000000000-0123abcd", Cert=left.certificate, Key=left.key)["CertId"])
        made = await harness.create(CERTIFICATE_URN, certificate())
        assert harness.lines.warnings == [f"certificate {id_} was left by a run that was cut off: deleted, it was in no state"]
        assert {str(row["CertificateId"]) for row in uploaded()} == {other, id_of(made)}

    provide(test)


def test_one_that_exists_comes_into_the_state_whatever_fails_after_it(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "GetUserCertificateDetail", times=None, status=403, code="Forbidden.NoPermission")
        with pytest.raises(Failed, match=r"certificate front did not get ready: .*It is kept in the state") as failed:
            await harness.create(CERTIFICATE_URN, certificate())
        (row,) = uploaded()
        assert failed.value.kept_id == f"{REGION}/{row['CertificateId']}"
        assert failed.value.properties["certificateId"] == f"{row['CertificateId']}-{REGION}"

    provide(test)


@pytest.mark.parametrize(
    ("days", "said"),
    [(31, None), (29, "ends in 28 days"), (1.5, "ends in 1 day ("), (-1, "has ended: no client accepts it")],
)
def test_its_last_month_is_told_at_each_preview(provide: Provide, days: float, said: str | None) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(CERTIFICATE_URN, certificate(validDays=100))
        end = datetime.fromisoformat(plain(made.properties)["notAfter"])
        harness.provider.session.wall = lambda: end - timedelta(days=days, seconds=-1)
        await harness.diff(CERTIFICATE_URN, made, certificate(validDays=100), certificate(validDays=100))
        assert [said is not None and said in line and "Change `rotation`" in line for line in harness.lines.warnings] == [True] * (
            said is not None
        )

    provide(test)


def test_an_import_tells_all_inputs(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(CERTIFICATE_URN, certificate(dnsNames=["a.example.com", "b.example.com"], validDays=90))
        read = await harness.read(CERTIFICATE_URN, made.id)
        told = plain(read.inputs)
        assert (told["commonName"], told["dnsNames"], told["validDays"]) == ("*.example.com", ["a.example.com", "b.example.com"], 90)
        assert (told["name"], told["tags"]) == ("front", OWN)
        assert plain(read.properties)["notAfter"] == plain(made.properties)["notAfter"]

    provide(test)


@pytest.mark.parametrize(
    ("changes", "property_", "reason"),
    [
        ({"name": "a b"}, "name", "1 to 128 letters"),
        ({"dnsNames": ["https://x"]}, "dnsNames[0]", "a host name"),
        ({"validDays": 0}, "validDays", "from 1 to 3650"),
    ],
)
def test_bad_inputs_are_told(provide: Provide, changes: dict[str, Any], property_: str, reason: str) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await harness.check(CERTIFICATE_URN, certificate(**changes))
        assert [(one.property, reason in one.reason) for one in failures] == [(property_, True)]

    provide(test)


@pytest.mark.parametrize(
    ("region", "answer", "wanted"),
    [
        ("eu-central-1", {"CertIdentifier": "7-eu-central-1"}, "7-eu-central-1"),
        ("eu-central-1", None, "7-ap-southeast-1"),
        ("cn-beijing", None, "7-cn-hangzhou"),
    ],
)
def test_what_a_listener_names_it_by_is_the_clouds_word(region: str, answer: dict[str, Any] | None, wanted: str) -> None:
    assert _identifier("7", region, answer) == wanted
