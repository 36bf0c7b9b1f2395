"""Whether the account may start as many vCPUs of the machines' family as the stack needs: GPU families begin with few, or none.

Quota Center, ListProductQuotas of the product `ecs-spec`, whose quotas are limits of vCPUs by instance family (help centre, "ECS instance
quotas"). Assumed: that a quota's QuotaActionCode or QuotaName holds the family, as in `ecs.gn7i`, and that several rows (zones, ways of
charging) count apart, so that the smallest decides. No page of it could be read, so nothing here is more than a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fourways.catalog.instance_types import find
from fourways.cloud.errors import CloudError
from fourways.doctor.answers import number, rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, ok

PRODUCT = "ecs-spec"
CONSOLE = f"see the family's vCPUs in Quota Center (https://quotas.console.aliyun.com/products/{PRODUCT}/quotas), and ask for more there"
MOST_PAGES = 50


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """A line for each family that the stack may use."""
    if facts.instances_recorded:
        return [ok("quota vCPUs", "the stack has its machines already")]
    families = dict.fromkeys(map(family, facts.types))
    try:
        quotas = list(_quotas(cloud))
    except CloudError as error:
        return [cannot_tell("quota vCPUs", f"of {', '.join(families)}: {error}", CONSOLE)]
    return [judge(name, [row for row in quotas if _is_of(row, name)], needed(name, facts)) for name in families]


def judge(name: str, quotas: Sequence[Mapping[str, Any]], vcpus: int | None) -> Finding:
    """Pure: what Quota Center says of a family, and what the stack takes of it."""
    label = f"quota vCPUs {name}"
    limits = [(number(row.get("TotalQuota")), number(row.get("TotalUsage")) or 0.0) for row in quotas]
    left = [limit - used for limit, used in limits if limit is not None]
    takes = f"{vcpus} needed" if vcpus is not None else "how many are needed the catalogue does not say"
    if not left:
        return cannot_tell(label, f"Quota Center lists none of it; {takes}", CONSOLE)
    said = f"{min(left):g} left at least, {takes} (assumed: which of {len(left)} rows counts)"
    return ok(label, said) if vcpus is not None and min(left) >= vcpus else cannot_tell(label, said, CONSOLE)


def family(type_: str) -> str:
    """`ecs.gn8v` of `ecs.gn8v-8x.48xlarge`."""
    return re.sub(r"-[0-9a-z]+$", "", type_.rpartition(".")[0])


def needed(name: str, facts: Facts) -> int | None:
    """vCPUs of all machines, were they of the largest of the stack's types of a family; None where the catalogue has none of them."""
    known = [found.vcpus for type_ in facts.types if family(type_) == name and (found := find(type_))]
    return facts.machines * max(known) if known else None


def _is_of(row: Mapping[str, Any], name: str) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", str(row.get(key))) for key in ("QuotaActionCode", "QuotaName"))


def _quotas(cloud: Cloud) -> Iterable[Mapping[str, Any]]:
    token = None
    for _ in range(MOST_PAGES):
        answer = cloud.call("quotas", "2020-05-10", "ListProductQuotas", {"ProductCode": PRODUCT, "MaxResults": 100, "NextToken": token})
        yield from rows(answer, "Quotas")
        token = answer.get("NextToken") or None
        if token is None:
            return
