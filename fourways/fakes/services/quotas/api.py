"""Quotas 2020-05-10 on the wire. Shapes: alibaba-cloud-sdk-go 1.63.107, services/quotas (ListProductQuotas).

Limits are those that the VPC service enforces: seed `{"quotas": {"vpcs": 1, "eips": 0}}` changes both. That a name of the help centre is
QuotaActionCode and QuotaName alike is assumed, and so is that a product without quotas gives an empty list.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.shared.requests import token_page
from fourways.fakes.services.vpc import eips, vpcs
from fourways.fakes.services.vpc.backend import VpcBackend


def _quota(product: str, code: str, total: int, used: int, description: str) -> dict[str, Any]:
    return {
        "ProductCode": product,
        "QuotaActionCode": code,
        "QuotaName": code,
        "QuotaDescription": description,
        "QuotaCategory": "CommonQuota",
        "QuotaType": "normal",
        "QuotaUnit": "AMOUNT",
        "TotalQuota": float(total),
        "TotalUsage": float(used),
        "Adjustable": True,
        "Consumable": True,
        "ApplicableType": "continuous",
        "Dimensions": {},
    }


def _quotas(call: Call, product: str) -> list[dict[str, Any]]:
    seeded = call.scope.cloud.seed.get("quotas", {})
    if product == "vpc":
        # As the VPC service counts: the network that each region is furnished with takes no quota.
        used = sum(1 for vpc in call.backend(VpcBackend).vpcs.made_by_users() if not vpc.is_default)
        return [_quota("vpc", "vpc_quota_instances_num", int(seeded.get("vpcs", vpcs.QUOTA)), used, "VPCs of a region")]
    if product == "eip":
        mine = [backend for backend in call.scope.cloud.backends(VpcBackend) if backend.scope.account == call.scope.account]
        used = sum(len(list(backend.eips)) for backend in mine)
        return [_quota("eip", "eip_quota_instances_num", int(seeded.get("eips", eips.QUOTA)), used, "Elastic IP addresses of the account")]
    return []


def list_product_quotas(call: Call) -> dict[str, Any]:
    given = call.parameters
    wanted = given.optional("QuotaActionCode")
    found = [row for row in _quotas(call, given.require("ProductCode")) if wanted in (None, row["QuotaActionCode"])]
    page, about = token_page(found, given, default_size=30, largest=100)
    return {"Quotas": page, "TotalCount": len(found), **about}


QUOTAS = Service(product="quotas", version="2020-05-10", actions={"ListProductQuotas": list_product_quotas})
