"""Certificate Management Service: certificates that sign themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import SELF_SIGNED_CERTIFICATE_TYPE
from fourways.provider.resources.attributes import output

#: Outputs beyond its inputs; the schema is tested against them.
SELF_SIGNED_CERTIFICATE_OUTPUTS = ("certificateId", "certificate", "fingerprint", "notAfter", "account", "target")


class CasSelfSignedCertificate(pulumi.CustomResource):
    """A certificate that signs itself (`fourways:cas:SelfSignedCertificate`), for an ALB listener. Import by `REGION/ID`.

    Its key is made by the provider, uploaded with it, and kept nowhere else. `dns_names` are host names and IP addresses (left out, the
    common name alone). All but `tags` replaces: the new one is made first, the listener changes to it, and the old one goes. It does not
    renew itself: in its last 30 days each preview says so, and a change of `rotation` (any text) makes a new one.
    """

    region: pulumi.Output[str] = output("region")
    #: What the certificate's name begins with.
    name: pulumi.Output[str] = output("name")
    #: `ID-REGION`, what `certificates` of an ALB listener name.
    certificate_id: pulumi.Output[str] = output("certificateId")
    #: PEM, for clients to trust. None after an import.
    certificate: pulumi.Output[str | None] = output("certificate")
    #: SHA-256, 64 hex digits. None after an import.
    fingerprint: pulumi.Output[str | None] = output("fingerprint")
    #: RFC 3339.
    not_after: pulumi.Output[str] = output("notAfter")
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
        common_name: pulumi.Input[str],
        dns_names: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        valid_days: pulumi.Input[int] | None = None,
        rotation: pulumi.Input[str] | None = None,
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "name": name,
            "commonName": common_name,
            "dnsNames": dns_names,
            "validDays": valid_days,
            "rotation": rotation,
            "tags": tags,
        }
        super().__init__(SELF_SIGNED_CERTIFICATE_TYPE, resource_name, properties | dict.fromkeys(SELF_SIGNED_CERTIFICATE_OUTPUTS), opts)
