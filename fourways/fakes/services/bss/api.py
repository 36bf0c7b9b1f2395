"""BssOpenApi 2017-12-14 on the wire. Prepaid instances are nowhere listed here yet: nothing that is sold so needs it."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.bss import pricing


def query_available_instances(call: Call) -> dict[str, Any]:
    page = {"PageNum": call.parameters.integer("PageNum", 1, 1), "PageSize": call.parameters.integer("PageSize", 20, 1, 300)}
    return {"Code": "Success", "Message": "Successful!", "Success": True, "Data": {**page, "TotalCount": 0, "InstanceList": []}}


BSS = Service(product="BssOpenApi", version="2017-12-14", actions={"QueryAvailableInstances": query_available_instances, **pricing.ACTIONS})
