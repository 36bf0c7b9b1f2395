"""Location 2015-06-12 on the wire. Clients ask it for products whose endpoint nobody gave them."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service


def describe_endpoints(call: Call) -> dict[str, Any]:
    given = call.parameters
    code = given.require("ServiceCode")
    endpoint = {
        "Id": given.get("Id") or call.scope.region,
        "Namespace": given.get("Namespace"),
        "ServiceCode": code,
        "SerivceCode": code,  # spelled so by the API
        "Type": given.get("Type") or "openAPI",
        "Endpoint": call.request.headers.get("host", ""),
        "Protocols": {"Protocols": ["HTTP", "HTTPS"]},
    }
    return {"Success": True, "Endpoints": {"Endpoint": [endpoint]}}


LOCATION = Service(product="Location", version="2015-06-12", actions={"DescribeEndpoints": describe_endpoints})
