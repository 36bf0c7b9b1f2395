"""What the machines of a stack let in: the engine's and the metrics' ports from inside the VPC, and SSH from those who are named.

Machines of one security group reach each other without a rule (help centre, "Overview of security groups": internal access of a basic
security group), which the ranks of a replica over several machines need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_alicloud import ecs

from components.engine_command import PORT

GPU_METRICS_PORT = 9400
"""Of NVIDIA's DCGM exporter."""
SSH_PORT = 22


@dataclass(frozen=True, kw_only=True)
class MachineDoorsArgs:
    """Of which group, and who is let in."""

    security_group_id: pulumi.Input[str]
    #: Of the VPC: the load balancer asks from addresses of the stack's own vSwitches.
    cidr: str
    #: Ranges that may open port 22.
    ssh: Sequence[str] = ()


class MachineDoors(pulumi.ComponentResource):
    """The rules of the machines' security group."""

    #: The group's id, once every rule is there.
    ready: pulumi.Output[str]

    def __init__(self, name: str, args: MachineDoorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:MachineDoors", name, None, opts)
        self._name, self._group = name, args.security_group_id
        rules = [
            self._open("engine", PORT, args.cidr, "Requests, health checks and the engine's metrics"),
            self._open("gpu-metrics", GPU_METRICS_PORT, args.cidr, "Metrics of the GPUs"),
            *(self._open(f"ssh-{cidr.replace('/', '-')}", SSH_PORT, cidr, "SSH of those in capacity.ssh") for cidr in args.ssh),
        ]
        self.ready = pulumi.Output.all(self._group, *[rule.id for rule in rules]).apply(lambda ids: str(ids[0]))
        self.register_outputs({"ready": self.ready})

    def _open(self, what: str, port: int, cidr: str, why: str) -> ecs.SecurityGroupRule:
        return ecs.SecurityGroupRule(
            f"{self._name}-{what}",
            security_group_id=self._group,
            type="ingress",
            ip_protocol="tcp",
            nic_type="intranet",
            policy="accept",
            port_range=f"{port}/{port}",
            cidr_ip=cidr,
            description=why,
            opts=pulumi.ResourceOptions(parent=self),
        )
