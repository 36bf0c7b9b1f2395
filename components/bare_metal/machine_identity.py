"""Who a machine is: the API key that it checks, and a role that may read this key and the weights and report its load; nothing else.

Facts: help centre, "Use RAM to control access to KMS resources" (acs:kms:REGION:ACCOUNT:secret/NAME), "RAM policies of OSS"
(acs:oss:*:ACCOUNT:BUCKET/PREFIX*), and "PutCustomMetric" (all resources, which is assumed of DescribeMonitorGroups too). Log lines need no
action of the role: journal.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi_alicloud import ram

from components.names import Names
from fourways.provider import resources
from stacks.kinds.ecs_capacity import Kms

TRUST = {
    "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}],
    "Version": "1",
}
NAME_LENGTH = 64
"""Characters of a role's name at most (help centre, CreateRole)."""


@dataclass(frozen=True, kw_only=True)
class MachineIdentityArgs:
    """Whose key it is, and which weights the machines of a stack read."""

    region: str
    names: Names
    tags: dict[str, str]
    #: Of the deployment, for those who read the secret's description.
    service_name: str
    #: Changed, the key is a new one.
    rotation: str | None
    #: oss://bucket/folder/
    weights: str
    #: The instance of KMS to keep the key in; None: the region's shared one.
    kms: Kms | None = None
    #: Whether the machines report their load to CloudMonitor.
    reports_load: bool = False


class MachineIdentity(pulumi.ComponentResource):
    """The secret with the API key, and a RAM role that ECS instances take on, with one policy of its own."""

    #: Secret.
    api_key: pulumi.Output[str]
    #: Of the role, once key and policy are there: a machine that starts earlier is refused its key.
    role_name: pulumi.Output[str]

    def __init__(self, name: str, args: MachineIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:MachineIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        secret = resources.KmsRandomSecret(
            f"{name}-key",
            region=args.region,
            name=secret_name(args.names),
            description=f"API key of {args.service_name}",
            rotation=args.rotation,
            tags=args.tags,
            encryption_key_id=args.kms.key if args.kms else None,
            kms_instance_id=args.kms.instance if args.kms else None,
            opts=child,
        )
        role = ram.Role(
            f"{name}-role",
            role_name=role_name(args.names),
            description="Taken on by the stack's machines: reads their API key and weights",
            assume_role_policy_document=json.dumps(TRUST),
            tags=args.tags,
            # A policy that somebody else has attached must not keep the stack from being destroyed.
            force=True,
            opts=child,
        )
        made = ram.Policy(
            f"{name}-policy",
            policy_name=args.names.of("machines"),
            description="What the stack's machines may do",
            policy_document=json.dumps(policy(args)),
            tags=args.tags,
            force=True,
            opts=child,
        )
        bound = ram.RolePolicyAttachment(
            f"{name}-attachment", role_name=role.role_name, policy_name=made.policy_name, policy_type="Custom", opts=child
        )
        self.api_key = pulumi.Output.secret(secret.value)
        self.role_name = pulumi.Output.all(role.role_name, bound.id, secret.version_id).apply(lambda found: str(found[0]))
        self.register_outputs({"api_key": self.api_key, "role_name": self.role_name})


def secret_name(names: Names) -> str:
    """The name of the secret that the API key is."""
    return names.of("api-key")


def role_name(names: Names) -> str:
    """The role's name: at most 64 characters."""
    return names.of("machine")[:NAME_LENGTH].rstrip("-")


def policy(args: MachineIdentityArgs) -> dict[str, Any]:
    """The least that a machine needs."""
    parts = urlsplit(args.weights)
    bucket, folder = parts.netloc, parts.path.lstrip("/")
    statements = [
        _allow(["kms:GetSecretValue"], [f"acs:kms:{args.region}:*:secret/{secret_name(args.names)}"]),
        _allow(["oss:GetObject"], [f"acs:oss:*:*:{bucket}/{folder}*"]),
        {
            **_allow(["oss:ListObjects"], [f"acs:oss:*:*:{bucket}"]),
            "Condition": {"StringLike": {"oss:Prefix": [f"{folder}*"]}},
        },
    ]
    if args.kms is not None:
        statements.append(_allow(["kms:Decrypt"], [f"acs:kms:{args.region}:*:key/{args.kms.key}"]))
    if args.reports_load:
        # Neither of the two knows resources.
        statements.append(_allow(["cms:DescribeMonitorGroups", "cms:PutCustomMetric"], ["*"]))
    return {"Version": "1", "Statement": statements}


def _allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
