"""Certificate Management Service: what it reads out of a certificate, what it refuses, and that its keys go nowhere."""

from __future__ import annotations

import datetime
import json
import pickle
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fake_calls import Caller, stepped_cloud

from fourways.fakes.services import SERVICES

CAS, CAS_NAMES = "2020-04-07", "2018-08-13"
DAY = 86_400


@pytest.fixture
def cas() -> Caller:
    return Caller(stepped_cloud(), CAS)


def pair(cloud: Any, days: int = 365, *, kind: str = "EC") -> tuple[str, str]:
    """A self-signed certificate of llm.example.com and its key."""
    key: Any = ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "llm.example.com")])
    now = datetime.datetime.fromtimestamp(cloud.clock.now(), datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("llm.example.com"), x509.IPAddress(ip_address("203.0.113.7"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xABC)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return certificate.public_bytes(Encoding.PEM).decode(), secret


def upload(cas: Caller, name: str = "front", days: int = 365, **more: Any) -> int:
    cert, key = pair(cas.cloud, days)
    id: int = cas.ok("UploadUserCertificate", Name=name, Cert=cert, Key=key, **more)["CertId"]
    return id


@pytest.mark.parametrize(("kind", "algorithm"), [("EC", "ECC"), ("RSA", "RSA")])
def test_what_is_read_out_of_a_certificate(cas: Caller, kind: str, algorithm: str) -> None:
    cert, key = pair(cas.cloud, kind=kind)
    id = cas.ok("UploadUserCertificate", Name="front", Cert=cert, Key=key, Tags_1_Key="a", Tags_1_Value="b")["CertId"]
    row = cas.ok("GetUserCertificateDetail", CertId=id)
    assert (row["Id"], row["Name"], row["CertIdentifier"]) == (id, "front", f"{id}-ap-southeast-1")
    assert (row["Cert"], row["Key"], row["Algorithm"]) == (cert, key, algorithm)
    assert (row["Common"], row["Sans"], row["SerialNo"]) == ("llm.example.com", "llm.example.com,203.0.113.7", "abc")
    assert (row["StartDate"], row["EndDate"], row["Expired"]) == ("2026-05-28", "2027-05-28", False)
    assert (row["CommonName"], row["RemainDay"]) == ("llm.example.com", 365)
    assert (len(row["Fingerprint"]), len(row["Sha2"]), row["Tags"]) == (40, 64, [{"TagKey": "a", "TagValue": "b"}])
    assert not {"Cert", "Key"} & set(cas.ok("GetUserCertificateDetail", CertId=id, CertFilter="true"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Cert": "hello"}, "CertFormatError"),
        ({"Key": "hello"}, "KeyFormatError"),
        ({"Cert": ""}, "MissingCert"),
        ({"Key": ""}, "MissingKey"),
        ({"Name": ""}, "MissingName"),
        ({"SignCert": "x"}, "InvalidSignCert"),
    ],
)
def test_what_is_no_certificate(cas: Caller, change: dict[str, str], code: str) -> None:
    cert, key = pair(cas.cloud)
    assert cas.refused("UploadUserCertificate", **{"Name": "front", "Cert": cert, "Key": key, **change}) == (400, code)
    assert cas.cloud.inventory() == []


def test_a_key_must_be_that_of_the_certificate_and_readable(cas: Caller) -> None:
    (cert, key), (_, other) = pair(cas.cloud), pair(cas.cloud)
    assert cas.refused("UploadUserCertificate", Name="front", Cert=cert, Key=other) == (400, "CertKeyNotMatch")
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    assert cas.refused("UploadUserCertificate", Name="front", Cert=cert, Key=locked.decode()) == (400, "KeyFormatError")
    cas.ok("UploadUserCertificate", Name="front", Cert=cert, Key=key)
    assert cas.refused("UploadUserCertificate", Name="front", Cert=cert, Key=key) == (400, "NameRepeat")


def test_an_upload_is_idempotent_and_ends(cas: Caller) -> None:
    cert, key = pair(cas.cloud)
    ids = {cas.ok("UploadUserCertificate", Name="front", Cert=cert, Key=key, ClientToken="t")["CertId"] for _ in range(2)}
    assert len(ids) == 1
    assert [row["kind"] for row in cas.cloud.inventory()] == ["cas-certificate"]
    (id,) = ids
    cas.ok("DeleteUserCertificate", CertId=id)
    assert cas.refused("GetUserCertificateDetail", CertId=id) == (404, "NotFound")
    assert cas.refused("DeleteUserCertificate", CertId=id) == (404, "NotFound")
    assert cas.cloud.inventory() == []


def test_no_key_reaches_the_log_or_the_disk(cas: Caller) -> None:
    cert, key = pair(cas.cloud)
    id = cas.ok("UploadUserCertificate", Name="front", Cert=cert, Key=key, ClientToken="t")["CertId"]
    cas.refused("UploadUserCertificate", Name="other", Cert=cert, Key="no-key-but-secret-all-the-same")
    log = json.dumps(list(cas.cloud.requests.rows))
    lines = key.splitlines()[1:-1]
    assert not [line for line in (*lines, "secret-all-the-same") if line in log]
    assert cert.splitlines()[1] in log
    written = pickle.dumps(cas.cloud)
    assert not [line for line in lines if line.encode() in written]
    again = pickle.loads(written)
    again.resume(SERVICES)
    row = Caller(again, CAS).ok("GetUserCertificateDetail", CertId=id)
    assert (row["Cert"], row["Key"]) == (cert, "")


def test_uploaded_certificates_are_listed_by_their_state(cas: Caller) -> None:
    short, long = upload(cas, "short", days=31), upload(cas, "long", days=365)

    def listed(**more: Any) -> list[int]:
        rows = cas.ok("ListUserCertificateOrder", OrderType="UPLOAD", **more)["CertificateOrderList"]
        return [row["CertificateId"] for row in rows]

    assert listed() == [short, long]
    assert listed(ShowSize=1, CurrentPage=2) == [long]
    assert listed(Keyword=str(long)) == [long]
    assert cas.ok("ListUserCertificateOrder")["TotalCount"] == 0
    cas.wait(2 * DAY)
    assert listed(Status="WILLEXPIRED") == [short]
    cas.wait(30 * DAY)
    assert (listed(), listed(Status="EXPIRED")) == ([long], [short])


def test_names_and_tags_are_changed_by_the_older_api(cas: Caller) -> None:
    id, names = upload(cas), Caller(cas.cloud, CAS_NAMES)
    names.ok("CreateCertificateName", CertificateId=id, Name="back", Tags_1_Key="a", Tags_1_Value="b")
    row = cas.ok("GetUserCertificateDetail", CertId=id)
    assert (row["Name"], row["Tags"]) == ("back", [{"TagKey": "a", "TagValue": "b"}])
    cas.ok("TagResources", ResourceType="certificate", ResourceId_1=id, Tag_1_Key="c", Tag_1_Value="d")
    assert [tag["TagKey"] for tag in cas.ok("GetUserCertificateDetail", CertId=id)["Tags"]] == ["a", "c"]
    names.ok("CreateCertificateName", CertificateId=id, Tags_1_Key="", Tags_1_Value="")
    assert cas.ok("GetUserCertificateDetail", CertId=id)["Tags"] == []
