"""KMS: secrets whose value is made by the provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from fourways.provider.names import RANDOM_SECRET_TYPE
from fourways.provider.resources.attributes import output

#: Outputs beyond its inputs; the schema is tested against them.
RANDOM_SECRET_OUTPUTS = ("value", "versionId", "arn", "account", "target")


class KmsRandomSecret(pulumi.CustomResource):
    """A generic KMS secret with a random value (`fourways:kms:RandomSecret`). `pulumi import fourways:kms:RandomSecret NAME REGION/NAME`.

    `length` letters and digits (48). A change of `rotation` (any text) or `length` puts a new value: the one before is then ACSPrevious.
    `description` and `tags` are updated in place; `region`, `name`, `encryption_key_id` and `kms_instance_id` replace. A delete is final:
    there is no time in which it could be recovered.
    """

    region: pulumi.Output[str] = output("region")
    name: pulumi.Output[str] = output("name")
    #: Letters and digits. Secret.
    value: pulumi.Output[str] = output("value", secret=True)
    #: The version that holds `value`.
    version_id: pulumi.Output[str] = output("versionId")
    #: `acs:kms:REGION:ACCOUNT:secret/NAME`, what a RAM policy names.
    arn: pulumi.Output[str] = output("arn")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        name: pulumi.Input[str],
        length: pulumi.Input[int] | None = None,
        rotation: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        encryption_key_id: pulumi.Input[str] | None = None,
        kms_instance_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "name": name,
            "length": length,
            "rotation": rotation,
            "description": description,
            "tags": tags,
            "encryptionKeyId": encryption_key_id,
            "kmsInstanceId": kms_instance_id,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        super().__init__(
            RANDOM_SECRET_TYPE, resource_name, properties | dict.fromkeys(RANDOM_SECRET_OUTPUTS), pulumi.ResourceOptions.merge(opts, secret)
        )
