"""The EAS operations on private gateways that the provider calls. SDK: alibabacloud-eas20210701 7.0.0, client.py and models.py.

Only the create is not the same when done twice. What of the others is refused the second time (an entry that is there, a link that is
gone) no page says: whoever calls them looks again after an answer that was lost, so they are tried once here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourways.cloud import answers
from fourways.provider.eas.calls import Answer, Calls, naming


class GatewayCalls(Calls):
    """Gateways, their links to VPCs and their access lists in one region. Every method raises CloudError."""

    async def create_gateway(self, request: Mapping[str, Any]) -> Answer:
        """CreateGateway: POST /api/v2/gateways. No client token: one try, unless it surely did not happen."""
        return await self.once(
            "CreateGateway", "create_gateway", "CreateGatewayRequest", request, expect=naming("CreateGateway", ("GatewayId",))
        )

    async def list_gateways(self) -> list[Answer]:
        """ListGateway: GET /api/v2/gateways, all pages. Whether its filter GatewayName matches parts of an alias no page says: not used."""
        return await self.pages("ListGateway", "list_gateway", "ListGatewayRequest", {}, "Gateways", id_="GatewayId")

    async def describe_gateway(self, gateway: str) -> Answer | None:
        """DescribeGateway: GET /api/v2/gateways/{region}/{id}; None when there is none, or only its memory. Has InternetStatus, and no
        ChargeType."""
        expect = naming("DescribeGateway", ("GatewayId",), gateway)
        found = await self.again("DescribeGateway", "describe_gateway", None, None, self.region, gateway, expect=expect)
        return None if found is None or found.get("Status") == "Deleted" else found

    async def charge_type(self, gateway: str) -> str | None:
        """ListGateway with GatewayId: ChargeType, which DescribeGateway does not have."""
        rows = await self.pages("ListGateway", "list_gateway", "ListGatewayRequest", {"gateway_id": gateway}, "Gateways", id_="GatewayId")
        return next((answers.text(row.get("ChargeType")) or None for row in rows if row["GatewayId"] == gateway), None)

    async def update_gateway(self, gateway: str, request: Mapping[str, Any]) -> None:
        """UpdateGateway: PUT /api/v2/gateways/{region}/{id}. The SDK's method takes the gateway first."""
        await self.once("UpdateGateway", "update_gateway", "UpdateGatewayRequest", request, gateway, self.region)

    async def delete_gateway(self, gateway: str) -> Answer | None:
        """DeleteGateway: DELETE /api/v2/gateways/{region}/{id}; None when it is gone already."""
        return await self.again("DeleteGateway", "delete_gateway", None, None, self.region, gateway)

    async def services_of_gateway(self, gateway: str) -> list[str]:
        """Names of the services behind a gateway: ListServices with Gateway."""
        request = {"gateway": gateway}
        found = await self.pages("ListServices", "list_services", "ListServicesRequest", request, "Services", id_="ServiceName")
        return sorted(str(service["ServiceName"]) for service in found if service.get("Status") not in ("Deleting", "Deleted"))

    async def links(self, gateway: str) -> list[Answer]:
        """ListGatewayIntranetLinkedVpc: GET .../intranet_endpoint_linked_vpc, which has no pages. None of a gateway that is gone."""
        action = "ListGatewayIntranetLinkedVpc"
        answer = await self.again(
            action,
            "list_gateway_intranet_linked_vpc",
            None,
            None,
            self.region,
            gateway,
            expect=lambda found: answers.listed(action, found, "IntranetLinkedVpcList", id_="VpcId"),
        )
        return [] if answer is None else answers.listed(action, answer, "IntranetLinkedVpcList", id_="VpcId")

    async def link(self, gateway: str, vpc: str, v_switch: str) -> None:
        """CreateGatewayIntranetLinkedVpc: POST .../intranet_endpoint_linked_vpc?VpcId=...&VSwitchId=..."""
        request = {"vpc_id": vpc, "v_switch_id": v_switch}
        model = "CreateGatewayIntranetLinkedVpcRequest"
        await self.once("CreateGatewayIntranetLinkedVpc", "create_gateway_intranet_linked_vpc", model, request, self.region, gateway)

    async def unlink(self, gateway: str, vpc: str, v_switch: str) -> None:
        """DeleteGatewayIntranetLinkedVpc: DELETE .../intranet_endpoint_linked_vpc?VpcId=...&VSwitchId=..."""
        request = {"vpc_id": vpc, "v_switch_id": v_switch}
        model = "DeleteGatewayIntranetLinkedVpcRequest"
        await self.once("DeleteGatewayIntranetLinkedVpc", "delete_gateway_intranet_linked_vpc", model, request, self.region, gateway)

    async def lists(self, gateway: str) -> Answer:
        """ListAclPolicy: GET .../acl_policy: the lists of the Internet and of every linked VPC. Raises CloudError for what is none."""
        action = "ListAclPolicy"

        def expect(found: Answer) -> None:
            for key in ("InternetAclPolicyList", "IntranetVpcAclPolicyList"):
                for one in answers.listed(action, found, key):
                    answers.listed(action, {"RequestId": "", **one}, "AclPolicyList", id_="Entry")

        return await self.again(action, "list_acl_policy", "ListAclPolicyRequest", {}, self.region, gateway, expect=expect) or {}

    async def let_in(self, gateway: str, entries: Sequence[str], vpc: str | None) -> None:
        """CreateAclPolicy: POST .../acl_policy?AclPolicyList=[...]&VpcId=...; without a VPC: the list of the Internet."""
        await self._change_list("CreateAclPolicy", "create_acl_policy", gateway, entries, vpc)

    async def shut_out(self, gateway: str, entries: Sequence[str], vpc: str | None) -> None:
        """DeleteAclPolicy: DELETE .../acl_policy?AclPolicyList=[...]&VpcId=..."""
        await self._change_list("DeleteAclPolicy", "delete_acl_policy", gateway, entries, vpc)

    async def _change_list(self, action: str, method: str, gateway: str, entries: Sequence[str], vpc: str | None) -> None:
        from alibabacloud_eas20210701 import models

        row = getattr(models, f"{action}RequestAclPolicyList")
        request = {"acl_policy_list": [row(entry=entry) for entry in entries], "vpc_id": vpc}
        await self.once(action, method, f"{action}Request", request, self.region, gateway)
