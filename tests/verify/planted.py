"""What the other cloud is made to do otherwise, and what must therefore be found."""

from __future__ import annotations

from fourways.fakes.wire.messages import Request, Response
from tests.verify.other_cloud import field, refusal


def pending(asked: str, _: Request, response: Response) -> Response:
    """Another word for Waiting."""
    if asked != "DescribeService":
        return response
    return Response(response.status, response.body.replace(b'"Status":"Waiting"', b'"Status":"Pending"'), response.headers)


def other_gateway(asked: str, _: Request, response: Response) -> Response:
    """403 where the fake's gateway answers 401."""
    return Response(403, response.body, response.headers) if response.status == 401 and asked.endswith("/models") else response


PLANTS = (
    field("DescribeVpcAttribute", lambda body: body.update(Ipv6Isp="BGP")),
    field("DescribeService", lambda body: body.pop("Source", None)),
    field("ListServiceInstances", lambda body: [row.update(InstancePort=str(row["InstancePort"])) for row in body["Instances"]]),
    field("DescribeResource", lambda body: body.update(Status="Ready")),
    refusal("DescribeSecurityGroupAttribute", "InvalidSecurityGroupId.NotFound", 400, "InvalidGroupId.Malformed"),
    pending,
    other_gateway,
)
PLANTED = {
    ("up", "VPC", "missing", "Ipv6Isp"),
    ("up", "service", "extra", "Source"),
    ("update", "service", "extra", "Source"),
    ("up", "service's instances", "type", "Instances[].InstancePort"),
    ("update", "service's instances", "type", "Instances[].InstancePort"),
    ("up", "resource group", "values", "Status"),
    ("update", "resource group", "values", "Status"),
    ("up", "security group that is not there", "status", ""),
    ("up", "security group that is not there", "code", ""),
    ("destroy", "security group afterwards", "status", ""),
    ("destroy", "security group afterwards", "code", ""),
    ("up", "models with a wrong token", "status", ""),
    ("up", "models without a token", "status", ""),
    ("update", "models with a wrong token", "status", ""),
    ("update", "models without a token", "status", ""),
}
