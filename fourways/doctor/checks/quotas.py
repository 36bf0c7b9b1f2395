"""Whether there is room in the account's quotas for what the stack would still make.

Not here: NAT gateways, whose quota is one of a VPC (natgw_quota_nat_num_per_vpc, help centre "NAT Gateway quotas"): a stack has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.doctor.answers import number, rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok, unanswered

REQUEST = "ask for more in Quota Center (https://quotas.console.aliyun.com/products/{product}/quotas)"
LOOK = "see limit and use in Quota Center (https://quotas.console.aliyun.com/products/{product}/quotas), or grant quotas:ListProductQuotas"
MOST_PAGES = 50
"""Of 100 quotas; a product has tens."""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One quota: its product and names in Quota Center (the first that is there counts), and the default where it cannot be read."""

    name: str
    product: str
    codes: tuple[str, ...]
    default: int
    source: str
    #: False where it is one of a region: Quota Center has one endpoint, and does not say which region's usage it gives.
    whole_account: bool


def vpcs(region: str) -> Quota:
    """VPCs of a region; the region's own quota beats the general one."""
    codes = (f"vpc_quota_instances_num_{region}", "vpc_quota_instances_num")
    return Quota(
        name="quota VPCs", product="vpc", codes=codes, default=10, source='help centre, VPC "Limits and quotas"', whole_account=False
    )


EIPS = Quota(
    name="quota EIPs",
    product="eip",
    codes=("eip_quota_instances_num",),
    default=20,
    source='help centre, EIP "Quotas"',
    whole_account=True,
)


BALANCERS = Quota(
    name="quota ALB instances",
    product="alb",
    codes=("alb_quota_loadbalancers_num",),
    default=60,
    source='help centre, ALB "Limits"; assumed: number and name are from memory',
    whole_account=False,
)


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """VPCs always, addresses with a NAT gateway, and machines that are bought, of which no API tells the quota; for instances of ECS load
    balancers, and the vCPUs of their families (`vcpus.py`)."""
    findings = [_asked(cloud, vpcs(facts.region), _used_vpcs, 1 - facts.recorded("alicloud:vpc/network:Network"))]
    if facts.nat:
        findings.append(_asked(cloud, EIPS, _used_eips, 1 - facts.recorded("alicloud:ecs/eipAddress:EipAddress")))
    if facts.machine:
        findings.append(_machines(facts))
    if facts.at == "instances":
        findings.append(_asked(cloud, BALANCERS, _used_balancers, 1 - facts.recorded("alicloud:alb/loadBalancer:LoadBalancer")))
    return findings


def judge(quota: Quota, used: float, limit: float | None, needed: int) -> Finding:
    """Pure: `limit` is None where Quota Center did not tell it."""
    most = quota.default if limit is None else limit
    of = f"{used:g} of {most:g} used" + (f" (the default: {quota.source})" if limit is None else "")
    if needed <= 0:
        return ok(quota.name, f"{of}; the stack has its own already")
    if limit is None and (quota.whole_account or used + needed > most):
        # Other regions' use, or a limit that was raised, is seen in Quota Center only.
        return cannot_tell(quota.name, of, LOOK.format(product=quota.product))
    if used + needed <= most:
        return ok(quota.name, f"{of}, the stack takes {needed} more")
    todo = f"delete one that is not needed, or {REQUEST.format(product=quota.product)}"
    return not_ok(quota.name, f"{of}, the stack needs {needed} more", todo)


def _asked(cloud: Cloud, quota: Quota, used: Callable[[Cloud], float | None], needed: int) -> Finding:
    try:
        count = used(cloud)
    except CloudError as error:
        return unanswered(quota.name, error)
    if count is None:
        return cannot_tell(quota.name, "the answer does not say how many there are", LOOK.format(product=quota.product))
    try:
        limit, usage = listed(cloud, quota)
    except CloudError:
        limit, usage = None, 0.0  # without Quota Center the documented default is still worth a line, and it says so
    return judge(quota, max(count, usage) if quota.whole_account else count, limit, max(needed, 0))


def listed(cloud: Cloud, quota: Quota) -> tuple[float | None, float]:
    """Limit and usage in Quota Center: ListProductQuotas (2020-05-10; terraform-provider-alicloud 1.285.0, alicloud_quotas_quotas).

    Whether the documented name is QuotaActionCode or QuotaName is not said: either counts (assumed). Raises CloudError.
    """
    by_name: dict[str, Mapping[str, Any]] = {}
    token = None
    for _ in range(MOST_PAGES):
        asked = {"ProductCode": quota.product, "MaxResults": 100, "NextToken": token}
        answer = cloud.call("quotas", "2020-05-10", "ListProductQuotas", asked)
        for row in rows(answer, "Quotas"):
            by_name |= {str(row.get(key)): row for key in ("QuotaName", "QuotaActionCode")}
        token = answer.get("NextToken") or None
        if token is None:
            break
    found = next((by_name[code] for code in quota.codes if code in by_name), {})
    return number(found.get("TotalQuota")), number(found.get("TotalUsage")) or 0.0


def _used_vpcs(cloud: Cloud) -> float | None:
    """VPCs of the region without the default one, which does not count (assumed)."""
    return number(cloud.call("vpc", "2016-04-28", "DescribeVpcs", {"IsDefault": "false", "PageSize": 1}).get("TotalCount"))


def _used_eips(cloud: Cloud) -> float | None:
    """Addresses of the region; the quota is one of the account, so Quota Center's own count may be higher."""
    return number(cloud.call("vpc", "2016-04-28", "DescribeEipAddresses", {"PageSize": 1}).get("TotalCount"))


def _used_balancers(cloud: Cloud) -> float | None:
    return number(cloud.call("alb", "2020-06-16", "ListLoadBalancers", {"MaxResults": 1}).get("TotalCount"))


def _machines(facts: Facts) -> Finding:
    name = "quota machines"
    if facts.adopted:
        return ok(name, f"nothing is bought: the stack runs on {facts.adopted}")
    if facts.machines_recorded >= facts.machines:
        return ok(name, "the stack has its machines already")
    said = f"no API tells how many {facts.machine} an account may buy"
    return cannot_tell(
        name, said, f"see the PAI console (EAS, resource groups) that {facts.machines} can be ordered; a ticket raises the limit"
    )
