"""What the log of the fake does not show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fourways.fakes.request_log import redact

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "given",
    [
        {"Password": "p"},
        {"SecretData": "p"},
        {"EncryptPrivateKey": "p"},
        {"Cert": "c", "Key": "p"},
        {"Anything": KEY.replace("MIIE", "p")},
        {"Configuration": json.dumps({"tls": {"material": KEY.replace("MIIE", "p")}})},
    ],
)
def test_secrets_are_blotted_out(given: dict[str, Any]) -> None:
    shown = json.dumps(redact(given))
    assert "***" in shown
    assert "p" not in shown.replace("Password", "").replace("EncryptPrivateKey", "")


@pytest.mark.parametrize("given", [{"Key": "team", "Value": "llm"}, {"Tag.1.Key": "team"}, {"UserData": "I2Nsb3Vk"}, {"Cert": "c"}])
def test_what_is_no_secret_is_shown(given: dict[str, str]) -> None:
    assert redact(given) == given
