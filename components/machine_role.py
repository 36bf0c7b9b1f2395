"""What a machine may do in the cloud: read its API key and its weights, and send its log lines; nothing else.

Facts: help centre, "Use RAM to control access to KMS resources" (acs:kms:REGION:ACCOUNT:secret/NAME), "RAM policies of OSS"
(acs:oss:*:ACCOUNT:BUCKET/PREFIX*), "Overview of RAM of Simple Log Service" (acs:log:REGION:ACCOUNT:project/NAME/logstore/NAME).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pulumi
from pulumi_alicloud import ram

from components.log_place import LogPlace
from components.names import Names

TRUST = {
    "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}],
    "Version": "1",
}
NAME_LENGTH = 64
"""Characters of a role's name at most (help centre, CreateRole)."""


@dataclass(frozen=True, kw_only=True)
class MachineRoleArgs:
    """Which secret, weights and log store the machines of a stack read and write."""

    region: str
    names: Names
    tags: dict[str, str]
    secret_name: str
    #: oss://bucket/folder/
    weights: str
    log: LogPlace | None = None
    #: The id of the KMS key that the secret is encrypted with, where it is another than KMS's own.
    key_id: str | None = None


class MachineRole(pulumi.ComponentResource):
    """A RAM role that ECS instances take on, with one policy of its own."""

    #: Of the role, once the policy is attached: a machine that starts earlier is refused its key.
    role_name: pulumi.Output[str]

    def __init__(self, name: str, args: MachineRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:MachineRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
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
        logs = (args.log.project, args.log.store) if args.log is not None else None
        document: pulumi.Output[str] = (
            pulumi.Output.all(*logs).apply(lambda place: json.dumps(policy(args, (str(place[0]), str(place[1])))))
            if logs is not None
            else pulumi.Output.from_input(json.dumps(policy(args)))
        )
        made = ram.Policy(
            f"{name}-policy",
            policy_name=args.names.of("machines"),
            description="What the stack's machines may do",
            policy_document=document,
            tags=args.tags,
            force=True,
            opts=child,
        )
        bound = ram.RolePolicyAttachment(
            f"{name}-attachment", role_name=role.role_name, policy_name=made.policy_name, policy_type="Custom", opts=child
        )
        self.role_name = pulumi.Output.all(role.role_name, bound.id).apply(lambda both: str(both[0]))
        self.register_outputs({"role_name": self.role_name})


def role_name(names: Names) -> str:
    """The role's name: at most 64 characters."""
    return names.of("machine")[:NAME_LENGTH].rstrip("-")


def policy(args: MachineRoleArgs, log: tuple[str, str] | None = None) -> dict[str, Any]:
    """The least that a machine needs. `log` is a project and a store."""
    parts = urlsplit(args.weights)
    bucket, folder = parts.netloc, parts.path.lstrip("/")
    statements = [
        _allow(["kms:GetSecretValue"], [f"acs:kms:{args.region}:*:secret/{args.secret_name}"]),
        _allow(["oss:GetObject"], [f"acs:oss:*:*:{bucket}/{folder}*"]),
        {
            **_allow(["oss:ListObjects"], [f"acs:oss:*:*:{bucket}"]),
            "Condition": {"StringLike": {"oss:Prefix": [f"{folder}*"]}},
        },
    ]
    if args.key_id is not None:
        statements.append(_allow(["kms:Decrypt"], [f"acs:kms:{args.region}:*:key/{args.key_id}"]))
    if log is not None:
        statements.append(_allow(["log:PostLogStoreLogs"], [f"acs:log:{args.region}:*:project/{log[0]}/logstore/{log[1]}"]))
    return {"Version": "1", "Statement": statements}


def _allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
