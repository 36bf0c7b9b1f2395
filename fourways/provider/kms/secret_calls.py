"""The KMS operations on generic secrets that the provider calls (Kms 2016-01-20; help centre, and SDK alibabacloud-kms20160120 3.3.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from fourways.cloud import ownership
from fourways.provider.rpc import Answer, RpcCalls, naming


class SecretCalls(RpcCalls):
    """Generic secrets of one region. Every method raises CloudError."""

    product: ClassVar[str] = "kms"
    version: ClassVar[str] = "2016-01-20"

    async def create_secret(self, request: Mapping[str, Any], tags: Mapping[str, str]) -> Answer:
        """CreateSecret. No client token, but the name is unique: one try, unless it surely did not happen."""
        body = {
            **request,
            "SecretDataType": "text",
            "Tags": json.dumps([{"TagKey": key, "TagValue": value} for key, value in tags.items()]),
        }
        return await self.once("CreateSecret", body, expect=naming("CreateSecret", "SecretName"), secret=True)

    async def describe_secret(self, name: str) -> Answer | None:
        """DescribeSecret with its tags; None when there is none."""
        expect = naming("DescribeSecret", "SecretName", name)
        return await self.again("DescribeSecret", {"SecretName": name, "FetchTags": "true"}, expect=expect)

    async def value_of(self, name: str) -> Answer | None:
        """GetSecretValue: the current version (VersionId, SecretData); None when there is none."""
        return await self.again("GetSecretValue", {"SecretName": name}, expect=naming("GetSecretValue", "SecretData"))

    async def put_value(self, name: str, version: str, value: str) -> Answer | None:
        """PutSecretValue: the same value under the same version twice is put once. None when there is no such secret."""
        body = {"SecretName": name, "VersionId": version, "SecretData": value, "SecretDataType": "text"}
        return await self.again("PutSecretValue", body, secret=True)

    async def describe_as(self, name: str, description: str) -> None:
        """UpdateSecret: the description, which is all that it can change."""
        await self.again("UpdateSecret", {"SecretName": name, "Description": description})

    async def set_tags(self, name: str, tags: Mapping[str, str]) -> None:
        """TagResources."""
        rows = [{"Key": key, "Value": value} for key, value in tags.items()]
        await self.again("TagResources", {"ResourceType": "secret", "ResourceId": [name], "Tag": rows})

    async def remove_tags(self, name: str, keys: list[str]) -> None:
        """UntagResources."""
        await self.again("UntagResources", {"ResourceType": "secret", "ResourceId": [name], "TagKey": keys})

    async def delete_secret(self, name: str) -> None:
        """DeleteSecret, at once and for ever. Not there is success."""
        await self.again("DeleteSecret", {"SecretName": name, "ForceDeleteWithoutRecovery": "true"})


def tags_of(secret: Answer) -> dict[str, str]:
    """The tags in an answer of DescribeSecret: `Tags.Tag[]` of TagKey and TagValue."""
    tags = secret.get("Tags")
    return ownership.from_list(tags.get("Tag") if isinstance(tags, Mapping) else tags)
