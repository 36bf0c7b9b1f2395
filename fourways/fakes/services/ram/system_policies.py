"""The cloud's own policies: their documents where a page of the help centre shows them (RAM, developer reference, one page a policy; read
in November 2026), and for any other a document that is assumed from its name."""

from __future__ import annotations

import json
import re

_FORM = re.compile(r"Aliyun(\w+?)(FullAccess|ReadOnlyAccess|RolePolicy)$")
_READ_ONLY = ("Describe*", "Get*", "List*")

# What each allows on all resources. Of AliyunKMSFullAccess and AliyunKMSSecretAdminAccess, which lists fewer resources, only the statements
# about KMS are here. AdministratorAccess, AliyunOSSFullAccess and ReadOnlyAccess are known by their descriptions alone.
_KNOWN: dict[str, tuple[str, ...]] = {
    "AdministratorAccess": ("*",),
    "AliyunOSSFullAccess": ("oss:*",),
    "AliyunOSSReadOnlyAccess": ("oss:Get*", "oss:List*"),
    "AliyunKMSFullAccess": ("kms:*",),
    "AliyunKMSReadOnlyAccess": (
        "kms:List*",
        "kms:Describe*",
        "kms:GetPublicKey",
        "kms:GetUploadBackupDataInfo",
        "kms:GetKmsInstanceSharedAccounts",
        "kms:GetKmsInstanceQuotaInfos",
        "kms:GetCheckAssociateResourceTaskResults",
        "kms:GetKeyPolicy",
        "kms:GetKeyDefaultPolicy",
        "kms:GetSecretPolicy",
        "kms:GetSecretDefaultPolicy",
        "kms:GetKmsInstance",
        "kms:GetDefaultKmsInstance",
    ),
    "AliyunKMSSecretUserAccess": ("kms:GetSecretValue", "kms:DescribeSecret", "kms:ListSecretVersionIds"),
    "AliyunKMSCryptoUserAccess": (
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:AsymmetricDecrypt",
        "kms:AsymmetricEncrypt",
        "kms:AsymmetricSign",
        "kms:AsymmetricVerify",
        "kms:GetPublicKey",
        "kms:GenerateMac",
        "kms:VerifyMac",
    ),
    "AliyunKMSSecretAdminAccess": ("kms:*",),
    "AliyunRAMReadOnlyAccess": (
        "ram:Get*",
        "ram:List*",
        "ram:GenerateCredentialReport",
        "accessanalyzer:Get*",
        "accessanalyzer:List*",
    ),
    "ReadOnlyAccess": ("*:Describe*", "*:List*", "oss:Get*"),
}
_RESOURCES = {"AliyunKMSSecretAdminAccess": "acs:kms:*:*:secret*"}


def document_of(name: str) -> str | None:
    """The document of the cloud's policy of this name, None where no policy of the cloud's is called so."""
    match = _FORM.fullmatch(name)
    actions = _KNOWN.get(name) or (_assumed(match[1], match[2]) if match else None)
    if actions is None:
        return None
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": _RESOURCES.get(name, "*")}
    return json.dumps({"Version": "1", "Statement": [statement]})


def _assumed(product: str, kind: str) -> tuple[str, ...]:
    """AliyunECSFullAccess allows `ecs:*`, AliyunECSReadOnlyAccess what only reads."""
    code = product.lower()
    return tuple(f"{code}:{action}" for action in (_READ_ONLY if kind == "ReadOnlyAccess" else ("*",)))
