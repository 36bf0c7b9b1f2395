"""What an instance asks for by its role: signatures that others made too, credentials, the key, and what is tried again."""

from __future__ import annotations

import http.client
import json
import stat
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.components.boot.programs import program
from tests.components.boot.stand_in_cloud import KEY, ROLE, SECRET, StandInCloud

GIVEN = {"AccessKeyId": "STS.role", "AccessKeySecret": "role-secret", "SecurityToken": "sts-token"}


class FixedRole:
    def __init__(self, **given: str) -> None:
        self.given = {**GIVEN, **given}

    def credentials(self) -> dict[str, str]:
        return self.given


def instance_role(monkeypatch: pytest.MonkeyPatch, **settings: str) -> ModuleType:
    monkeypatch.setattr("time.sleep", lambda _: None)
    return program(monkeypatch, "instance_role", **settings)


@pytest.mark.parametrize(
    ("key", "parameters", "url", "signature"),
    [
        (
            "",
            {"list-type": "2", "max-keys": "1000", "prefix": "a model/", "continuation-token": "x/y=="},
            "/?continuation-token=x%2Fy%3D%3D&list-type=2&max-keys=1000&prefix=a%20model%2F",
            "c1a5cb981b0c352115af7df419021679dbbdb760bec9ae9e0436705130531fd6",
        ),
        ("a model/vocab+1.json", {}, "/a%20model/vocab%2B1.json", "a19d5b088ea660e25dfdd8fd13dcf7394472746f956faf2f54eb976f2de56594"),
    ],
)
def test_oss_is_signed_as_its_sdk_does(
    monkeypatch: pytest.MonkeyPatch, key: str, parameters: dict[str, str], url: str, signature: str
) -> None:
    """Signatures recorded from alibabacloud_oss_v2 1.4.1 (`signer/v4.py`), for the same request at the same time."""
    module = instance_role(monkeypatch, REGION="ap-southeast-1", OSS_ENDPOINT="oss-ap-southeast-1-internal.aliyuncs.com")
    monkeypatch.setattr(module.time, "gmtime", lambda *_: time.struct_time((2026, 11, 30, 12, 0, 0, 0, 334, 0)))
    sent: list[Any] = []
    monkeypatch.setattr(module, "send", lambda *request: sent.append(request))
    module.oss(FixedRole(), "GET", "weights-bucket", key, parameters, {"Range": "bytes=0-9"})
    [(method, asked, headers)] = sent
    assert (method, asked) == ("GET", f"https://weights-bucket.oss-ap-southeast-1-internal.aliyuncs.com{url}")
    assert headers["Authorization"].endswith(f"Credential=STS.role/20261130/ap-southeast-1/oss/aliyun_v4_request,Signature={signature}")
    assert (headers["x-oss-security-token"], headers["Range"]) == ("sts-token", "bytes=0-9")


def fetch_key(monkeypatch: pytest.MonkeyPatch, cloud: StandInCloud, folder: Path) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    given = {"KMS_SECRET": SECRET, "RAM_ROLE": ROLE, "RUNTIME_DIRECTORY": str(folder)}
    program(monkeypatch, "fetch_key", **given, **cloud.boot()).main("VLLM_API_KEY")


def test_the_key_is_roots_alone_and_not_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandInCloud({}) as cloud:
        fetch_key(monkeypatch, cloud, tmp_path)
    [file] = tmp_path.iterdir()
    assert (file.name, file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("engine.env", f"VLLM_API_KEY={KEY}\n", 0o600)
    assert capsys.readouterr().out == f"key: version v1 of {SECRET}\n"


@pytest.mark.parametrize("key", ["", "two words", "two\nlines"])
def test_a_secret_that_is_no_key_is_refused_unseen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str) -> None:
    with StandInCloud({}, key=key) as cloud, pytest.raises(SystemExit) as refused:
        fetch_key(monkeypatch, cloud, tmp_path)
    assert str(refused.value) == f"the secret {SECRET} is no API key: it has to be one word"
    assert list(tmp_path.iterdir()) == []


def test_a_role_without_the_right_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause: only what may pass by itself is tried again. The answer's own words, and nothing that was sent."""
    with StandInCloud({}) as cloud:
        module = instance_role(monkeypatch, RAM_ROLE="other", **cloud.boot())
        with pytest.raises(module.Refused, match="security-credentials/other answered 404 NotFound: no"):
            module.Role().credentials()
        assert len(cloud.wrong) == 1


def test_words_of_a_refusal_hold_nothing_that_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"Code": "SignatureDoesNotMatch", "Message": "no", "StringToSign": "x-acs-security-token:sts-token"})
    refused = instance_role(monkeypatch).Refused("https://host/path?SecretName=a", 403, body)
    assert str(refused) == "https://host/path answered 403 SignatureDoesNotMatch: no"


def test_credentials_are_renewed_before_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    module = instance_role(monkeypatch)
    now, read = [1_800_000_000.0], []
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    role = module.Role()

    def answer() -> dict[str, str]:
        read.append(now[0])
        return {"Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now[0] + 3600))}

    monkeypatch.setattr(role, "_read", answer)
    for later in (0, 3299, 2, 3299):
        now[0] += later
        role.credentials()
    assert read == [1_800_000_000, 1_800_003_301]


@pytest.mark.parametrize(("status", "tries"), [(500, 6), (503, 6), (429, 6), (403, 1), (404, 1)])
def test_what_may_pass_is_tried_again(monkeypatch: pytest.MonkeyPatch, status: int, tries: int) -> None:
    module = instance_role(monkeypatch)
    pauses: list[float] = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    asked = []

    def work() -> None:
        asked.append(1)
        raise module.Refused("http://host", status, "")

    with pytest.raises(module.Refused):
        module.patiently(work)
    assert len(asked) == tries
    assert all(1 <= pause <= 30 for pause in pauses)
    assert len(pauses) == tries - 1


def test_no_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    module = instance_role(monkeypatch)
    answers = iter([ConnectionResetError(), http.client.IncompleteRead(b""), "here"])

    def work() -> str:
        if isinstance(answer := next(answers), Exception):
            raise answer
        return str(answer)

    assert module.patiently(work) == "here"
