"""Certificate Management Service on the wire: help centre and official SDK cas20200407 3.9.4.

Only uploaded certificates with RSA and ECC keys: no orders, no private CA, none of the Chinese algorithms (SignCert, EncryptCert).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.cas import pem
from fourways.fakes.services.cas.backend import CasBackend, Certificate
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.resources import Collection, checked_name
from fourways.fakes.services.shared.tagging import TagActions, checked_tags
from fourways.fakes.wire.errors import invalid

_ELSEWHERE = ("SignCert", "SignPrivateKey", "EncryptCert", "EncryptPrivateKey")
_ORDER_TYPES = ("CPACK", "BUY", "UPLOAD", "CERT")
_WARNED_SECONDS = 30 * 86_400  # before its end a certificate is about to expire: assumed
_LONGEST_NAME = 64


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return {"certificate": call.backend(CasBackend).certificates}


def upload(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(CasBackend)
        for name in _ELSEWHERE:
            if given.optional(name):
                raise invalid(name, "This fake has no certificates with Chinese algorithms.")
        text, key = given.require("Cert"), given.require("Key")
        made = backend.new(checked_name(given.require("Name"), "Name", _LONGEST_NAME), text, key, pem.read(text, key))
        made.tags = checked_tags(given.tags("Tags"))
        made.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))
        backend.certificates.add(made)
        return {"CertId": int(made.id), "ResourceId": _resource_id(made)}

    return call.backend(CasBackend).tokens.once(call, create)


def _resource_id(certificate: Certificate) -> str:
    return f"cas-upload-{certificate.id}"  # the form is made up


def _named(call: Call, parameter: str = "CertId") -> Certificate:
    return call.backend(CasBackend).certificates[call.parameters.require(parameter)]


def _common(call: Call, certificate: Certificate) -> dict[str, Any]:
    """What the detail and the list both show."""
    facts = certificate.facts
    return {
        "Name": certificate.name,
        "InstanceId": _resource_id(certificate),
        "ResourceGroupId": certificate.resource_group,
        "Sans": ",".join(facts.names),
        "Issuer": facts.issuer,
        "SerialNo": facts.serial,
        "Fingerprint": facts.fingerprint,
        "Sha2": facts.sha2,
        "StartDate": _day(facts.begins),
        "EndDate": _day(facts.ends),
        "Expired": call.scope.clock.now() >= facts.ends,
        "Country": "",
        "Province": "",
        "City": "",
        "OrgName": "",
    }


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def get_detail(call: Call) -> dict[str, Any]:
    certificate, facts = _named(call), _named(call).facts
    secret = {} if call.parameters.boolean("CertFilter") else {"Cert": certificate.text, "Key": certificate.key}
    return {
        **_common(call, certificate),
        **secret,
        "Id": int(certificate.id),
        "CertIdentifier": call.backend(CasBackend).identifier(certificate),
        "Common": facts.common_name,
        "CommonName": facts.common_name,
        "RemainDay": max(0, int((facts.ends - call.scope.clock.now()) // 86_400)),
        "Algorithm": facts.algorithm,
        "CertSha2": facts.sha2,
        "NotBefore": int(facts.begins * 1000),
        "NotAfter": int(facts.ends * 1000),
        "BuyInAliyun": False,
        "OrderId": 0,
        "CertChain": [],
        "Tags": [{"TagKey": name, "TagValue": value} for name, value in certificate.tags.items()],
    }


def delete(call: Call) -> dict[str, Any]:
    call.backend(CasBackend).delete(call.parameters.require("CertId"))
    return {}


def list_orders(call: Call) -> dict[str, Any]:
    """There are no orders here: only UPLOAD and CERT list anything."""
    given = call.parameters
    kind, status = given.choice("OrderType", _ORDER_TYPES, "CPACK"), given.optional("Status")
    word, group = given.get("Keyword"), given.optional("ResourceGroupId")
    found = [
        one
        for one in call.backend(CasBackend).certificates
        if kind in ("UPLOAD", "CERT")
        and _has_status(call, one, status)
        and group in (None, one.resource_group)
        and any(word in text for text in (*one.facts.names, _resource_id(one)))
    ]
    number, size = given.integer("CurrentPage", 1, 1), given.integer("ShowSize", 50, 1, 100)
    page = [_row(call, one) for one in found[(number - 1) * size : number * size]]
    return {"CertificateOrderList": page, "CurrentPage": number, "ShowSize": size, "TotalCount": len(found)}


def _has_status(call: Call, certificate: Certificate, wanted: str | None) -> bool:
    """Without one, those that are still good."""
    left = certificate.facts.ends - call.scope.clock.now()
    status = "EXPIRED" if left <= 0 else "WILLEXPIRED" if left < _WARNED_SECONDS else "ISSUED"
    return status == wanted if wanted else status != "EXPIRED"


def _row(call: Call, certificate: Certificate) -> dict[str, Any]:
    shown = {"CertificateId": int(certificate.id), "CommonName": certificate.facts.common_name, "Upload": True}
    return {**_common(call, certificate), **shown}


def rename(call: Call) -> dict[str, Any]:
    """CreateCertificateName of 2018-08-13: name, tags and resource group, whichever is given; one empty tag stands for none."""
    certificate, given = _named(call, "CertificateId"), call.parameters
    if given.optional("Name"):
        certificate.name = checked_name(given.get("Name"), "Name", _LONGEST_NAME)
    if given.records("Tags"):
        certificate.tags = checked_tags(given.tags("Tags"))
    if given.optional("ResourceGroupId"):
        certificate.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))
    return {}


CAS = Service(
    product="Cas",
    version="2020-04-07",
    actions={
        "UploadUserCertificate": upload,
        "GetUserCertificateDetail": get_detail,
        "DeleteUserCertificate": delete,
        "ListUserCertificateOrder": list_orders,
        **TagActions(_taggable).actions(),
    },
)
CAS_NAMES = Service(product="Cas", version="2018-08-13", actions={"CreateCertificateName": rename})
