"""Policies of an instance's role: what they allow."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.fakes.services.ecs.machines.permissions import allows

SECRET = ["acs:kms:ap-southeast-1:1:secret/metal"]


def statement(action: Any = "kms:GetSecretValue", resource: Any = "*", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


@pytest.mark.parametrize(
    ("statements", "may"),
    [
        ([], False),
        ([statement()], True),
        ([statement("kms:*")], True),
        ([statement("KMS:getsecretvalue")], True),
        ([statement(["oss:Get*", "kms:Get*"])], True),
        ([statement("kms:Describe*")], False),
        ([statement(resource="acs:kms:*:*:secret/metal")], True),
        ([statement(resource=["acs:kms:*:*:secret/other", "acs:kms:*:*:secret/meta?"])], True),
        ([statement(resource="acs:kms:*:*:secret/other")], False),
        ([statement(resource="acs:kms:*:2:secret/*")], False),
        ([statement("*"), statement("kms:*", effect="Deny")], False),
        ([statement("*"), statement("kms:*", "acs:kms:*:*:secret/other", "Deny")], True),
        ([{"Effect": "Allow", "NotAction": "oss:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "acs:kms:*:*:secret/metal"}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "acs:kms:*:*:secret/x"}], True),
    ],
)
def test_statements(statements: list[dict[str, Any]], may: bool) -> None:
    assert allows([{"Version": "1", "Statement": [one]} for one in statements], "kms:GetSecretValue", SECRET) is may
