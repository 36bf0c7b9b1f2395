"""Whether the products that the stack uses answer this account at all: a small read each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.doctor.activation import is_not_activated
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, not_ok, ok, unanswered


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """A line a product."""
    return [
        *(_around_instances(cloud, facts) if facts.at == "instances" else [_eas(cloud)]),
        _probe("VPC", _console("vpc"), lambda: cloud.call("vpc", "2016-04-28", "DescribeVpcs", {"PageSize": 1})),
        _probe("ECS", _console("ecs"), lambda: cloud.call("ecs", "2014-05-26", "DescribeSecurityGroups", {"PageSize": 1})),
    ]


def _eas(cloud: Cloud) -> Finding:
    return _probe("PAI-EAS", "activate PAI in its console (https://pai.console.aliyun.com)", lambda: cloud.eas("ListServices", page_size=1))


def _around_instances(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Load balancer, secret, and what the stack has only sometimes. OSS is looked at with the weights."""
    found = [
        _probe("ALB", _console("slb"), lambda: cloud.call("alb", "2020-06-16", "ListLoadBalancers", {"MaxResults": 1})),
        _probe("KMS", _console("yundun"), lambda: cloud.call("kms", "2016-01-20", "ListSecrets", {"PageSize": 1})),
    ]
    if facts.grouped:
        found.append(_probe("ESS", _console("essnew"), lambda: cloud.call("ess", "2014-08-28", "DescribeScalingGroups", {"PageSize": 1})))
    if facts.self_signed:
        asked = {"OrderType": "UPLOAD", "CurrentPage": 1, "ShowSize": 1}
        found.append(_probe("CAS", _console("yundun"), lambda: cloud.call("cas", "2020-04-07", "ListUserCertificateOrder", asked)))
    return found


def _probe(product: str, todo: str, ask: Callable[[], dict[str, Any]]) -> Finding:
    name = f"product {product}"
    try:
        ask()
    except CloudError as error:
        if is_not_activated(error):
            return not_ok(name, f"not activated in this account ({error})", todo)
        return unanswered(name, error)
    return ok(name, "answers this account")


def _console(product: str) -> str:
    return f"open its console once (https://{product}.console.aliyun.com): it says what the account lacks"
