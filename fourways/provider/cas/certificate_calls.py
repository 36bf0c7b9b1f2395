"""The operations on uploaded certificates that the provider calls (cas 2020-04-07; SDK alibabacloud-cas20200407 3.9.4, and
terraform-provider-alicloud 1.285.0, resource_alicloud_ssl_certificates_service_certificate.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from fourways.cloud import answers
from fourways.cloud.errors import CloudError
from fourways.provider.rpc import Answer, RpcCalls, naming
from fourways.provider.session import Session

_PAGE_SIZE = 50


class CertificateCalls(RpcCalls):
    """Uploaded certificates. Every method raises CloudError."""

    product: ClassVar[str] = "cas"
    version: ClassVar[str] = "2020-04-07"

    def __init__(self, session: Session, region: str) -> None:
        super().__init__(session, region)
        self._older = _OlderCalls(session, region)

    async def upload(self, name: str, certificate: str, key: str, tags: Mapping[str, str], token: str) -> str:
        """UploadUserCertificate: its id. One try, unless it surely did not happen; names are unique in the account."""
        body = {"Name": name, "Cert": certificate, "Key": key, "ClientToken": token, "Tags": _rows(tags)}
        answer = await self.once("UploadUserCertificate", body, expect=naming("UploadUserCertificate", "CertId"), secret=True)
        return answers.text(answer["CertId"])

    async def certificate(self, id_: str) -> Answer | None:
        """GetUserCertificateDetail without certificate and key (CertFilter), which nobody here needs again; None when there is none."""
        request = {"CertId": id_, "CertFilter": True}
        try:
            return await self.again("GetUserCertificateDetail", request, expect=naming("GetUserCertificateDetail", "Name"))
        except CloudError as error:
            if not _is_gone(error):
                raise
            return None

    async def uploaded(self) -> list[Answer]:
        """ListUserCertificateOrder (UPLOAD), all pages: CertificateId and Name of those that are valid."""
        names = ("CurrentPage", "ShowSize")
        request = {"OrderType": "UPLOAD"}
        return await self.pages("ListUserCertificateOrder", request, "CertificateOrderList", id_="Name", size=_PAGE_SIZE, names=names)

    async def retag(self, id_: str, tags: Mapping[str, str]) -> None:
        """CreateCertificateName of cas 2018-08-13, with tags alone: what the plugin calls for it. They replace all that were there."""
        await self._older.again("CreateCertificateName", {"CertificateId": id_, "Tags": _rows(tags)})

    async def delete(self, id_: str) -> None:
        """DeleteUserCertificate. Not there is success."""
        try:
            await self.again("DeleteUserCertificate", {"CertId": id_})
        except CloudError as error:
            if not _is_gone(error):
                raise


class _OlderCalls(RpcCalls):
    product: ClassVar[str] = "cas"
    version: ClassVar[str] = "2018-08-13"


def _rows(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _is_gone(error: CloudError) -> bool:
    """The plugin reads `NotFound` in a code as gone, whatever the HTTP status."""
    return "NotFound" in (error.code or "")
