"""The way in to a stack's own machines: an application load balancer in two zones or more, with TLS, health checks and an allow-list.

Does not check keys: the engines do, but vLLM only below `/v1` (its "Security" page names what it leaves open: /invocations, /tokenize,
/pause and more), so nothing else is let through. Does not add machines either: a scaling group or `fixed_machines.py` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_alicloud import alb

from components.engine_command import PORT
from components.names import Names
from fourways.provider import resources
from stacks.kinds.bare_metal import SELF_SIGNED, MachineAccess

EVERYBODY = "0.0.0.0/0"
DOMAINS = ("aliyuncsslb.com", "aliyuncsslbintl.com")
"""Of load balancers in the Chinese mainland, and elsewhere (help centre, "ALB and NLB domain name upgrade")."""
HEALTH_PATH = "/health"
"""Answered without a key, by vLLM and by SGLang, as soon as the engine serves."""
OPEN_PATHS = ("/v1/*", HEALTH_PATH)
"""What clients may ask for: the API, which wants the key, and whether it is up."""
INTERVAL_SECONDS, TIMEOUT_SECONDS, HEALTHY_AFTER, UNHEALTHY_AFTER = 5, 3, 2, 2
"""A machine that has died gets no more requests after at most two checks, eight seconds apart."""
REQUEST_SECONDS = 180
"""The longest wait for an answer's first byte (CreateListener, RequestTimeout): a long prompt takes its time."""
IDLE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """Where it stands, who may come in, and how long a machine on its way out may go on answering."""

    region: str
    names: Names
    tags: dict[str, str]
    vpc_id: pulumi.Input[str]
    #: vSwitch ids by zone.
    vswitches: dict[str, pulumi.Output[str]]
    access: MachineAccess
    drain_seconds: int
    #: Changed, a self-signed certificate is a new one.
    rotation: str | None = None
    protect: bool = False


class LoadBalancer(pulumi.ComponentResource):
    """Load balancer, server group, listener with its rules; certificate and allow-list where they are asked for."""

    load_balancer_id: pulumi.Output[str]
    server_group_id: pulumi.Output[str]
    #: Of the listener, once everything that guards it is there.
    port: pulumi.Output[int]
    protocol: str

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:LoadBalancer", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.protocol = "HTTP" if args.access.certificate is None else "HTTPS"
        balancer = self._balancer()
        group = self._server_group()
        listener = self._listener(balancer, group)
        guards = [*self._allow_list(listener), *self._paths(listener, group)]
        self.load_balancer_id = balancer.id
        self.server_group_id = group.id
        self.port = pulumi.Output.all(listener.listener_port, *guards).apply(lambda found: int(found[0]))
        self.register_outputs({"load_balancer_id": self.load_balancer_id, "server_group_id": self.server_group_id})

    def _balancer(self) -> alb.LoadBalancer:
        args = self._args
        return alb.LoadBalancer(
            # By its zones: with others it is another one, with another address, and the preview says so (see ignore_changes).
            f"{self._name}-alb-{'-'.join(zone[-1] for zone in args.vswitches)}",
            load_balancer_name=args.names.of("alb"),
            load_balancer_edition="Standard",  # the Basic one drains no connections (official SDK, CreateServerGroup)
            address_type="Internet" if args.access.public else "Intranet",
            # Given, since the plugin would replace a load balancer that it has read without it (its default is not marked as computed).
            address_allocated_mode="Dynamic",
            vpc_id=args.vpc_id,
            load_balancer_billing_config=alb.LoadBalancerLoadBalancerBillingConfigArgs(pay_type="PayAsYouGo"),
            zone_mappings=[alb.LoadBalancerZoneMappingArgs(zone_id=zone, vswitch_id=vswitch) for zone, vswitch in args.vswitches.items()],
            deletion_protection_config=alb.LoadBalancerDeletionProtectionConfigArgs(enabled=args.protect),
            tags=args.tags,
            # The plugin takes what it reads of a zone (its address) for a change of the zone, at every preview.
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, ignore_changes=["zoneMappings"]),
        )

    def _server_group(self) -> alb.ServerGroup:
        args = self._args
        return alb.ServerGroup(
            f"{self._name}-servers",
            server_group_name=args.names.of("servers"),
            vpc_id=args.vpc_id,
            protocol="HTTP",
            # Answers stream for seconds to minutes: who has fewer open gets the next, whatever came in a row.
            scheduler="Wlc",
            health_check_config=alb.ServerGroupHealthCheckConfigArgs(
                health_check_enabled=True,
                health_check_protocol="HTTP",
                health_check_method="GET",
                health_check_path=HEALTH_PATH,
                health_check_connect_port=PORT,
                health_check_codes=["http_2xx"],
                health_check_interval=INTERVAL_SECONDS,
                health_check_timeout=TIMEOUT_SECONDS,
                healthy_threshold=HEALTHY_AFTER,
                unhealthy_threshold=UNHEALTHY_AFTER,
            ),
            sticky_session_config=alb.ServerGroupStickySessionConfigArgs(sticky_session_enabled=False),
            connection_drain_config=alb.ServerGroupConnectionDrainConfigArgs(
                connection_drain_enabled=args.drain_seconds > 0, connection_drain_timeout=max(1, args.drain_seconds)
            )
            if args.drain_seconds
            else None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["servers"]),
        )

    def _listener(self, balancer: alb.LoadBalancer, group: alb.ServerGroup) -> alb.Listener:
        secure = self.protocol == "HTTPS"
        forward = alb.ListenerDefaultActionForwardGroupConfigArgs(
            server_group_tuples=[alb.ListenerDefaultActionForwardGroupConfigServerGroupTupleArgs(server_group_id=group.id)]
        )
        return alb.Listener(
            f"{self._name}-listener",
            load_balancer_id=balancer.id,
            listener_protocol=self.protocol,
            listener_port=443 if secure else 80,
            listener_description=self._args.names.of("listener"),
            default_actions=[alb.ListenerDefaultActionArgs(type="ForwardGroup", forward_group_config=forward)],
            certificates=alb.ListenerCertificatesArgs(certificate_id=self._certificate()) if secure else None,
            security_policy_id="tls_cipher_policy_1_2" if secure else None,
            request_timeout=REQUEST_SECONDS,
            idle_timeout=IDLE_SECONDS,
            tags=self._args.tags,
            opts=self._child,
        )

    def _certificate(self) -> pulumi.Input[str]:
        args = self._args
        wanted = args.access.certificate
        if wanted is not None and wanted != SELF_SIGNED:
            return wanted
        own = [f"*.{args.region}.alb.{domain}" for domain in DOMAINS]
        made = resources.CasSelfSignedCertificate(
            f"{self._name}-certificate",
            region=args.region,
            name=args.names.of("certificate"),
            common_name=own[0],
            dns_names=[*([args.access.domain] if args.access.domain else []), *own],
            rotation=args.rotation,
            tags=args.tags,
            opts=self._child,
        )
        found: pulumi.Output[str] = made.certificate_id
        return found

    def _paths(self, listener: alb.Listener, group: alb.ServerGroup) -> Sequence[pulumi.Output[str]]:
        """Rules that let OPEN_PATHS through and nothing else; the default action of a listener cannot be a refusal."""
        forward = alb.RuleRuleActionForwardGroupConfigArgs(
            server_group_tuples=[alb.RuleRuleActionForwardGroupConfigServerGroupTupleArgs(server_group_id=group.id)]
        )
        refuse = alb.RuleRuleActionFixedResponseConfigArgs(content="Not Found", content_type="text/plain", http_code="404")
        open_ = alb.RuleRuleActionArgs(type="ForwardGroup", order=1, forward_group_config=forward)
        shut = alb.RuleRuleActionArgs(type="FixedResponse", order=1, fixed_response_config=refuse)
        ids: list[pulumi.Output[str]] = []
        before: list[alb.Rule] = []
        for priority, (what, paths, action) in enumerate((("api", OPEN_PATHS, open_), ("rest", ("/*",), shut)), 1):
            rule = alb.Rule(
                f"{self._name}-rule-{what}",
                rule_name=self._args.names.of(f"rule-{what}"),
                listener_id=listener.id,
                priority=priority,
                rule_conditions=[
                    alb.RuleRuleConditionArgs(type="Path", path_config=alb.RuleRuleConditionPathConfigArgs(values=list(paths)))
                ],
                rule_actions=[action],
                # What is open is so before the rest is shut.
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before, ids = [rule], [*ids, pulumi.Output.from_input(rule.id)]
        return ids

    def _allow_list(self, listener: alb.Listener) -> Sequence[pulumi.Output[str]]:
        """Who is let in: ids of what lets nobody else in; none where everybody may come."""
        args = self._args
        if not args.access.allow or EVERYBODY in args.access.allow:
            return ()
        acl = alb.Acl(f"{self._name}-acl", acl_name=args.names.of("allow"), tags=args.tags, opts=self._child)
        entries = [
            alb.AclEntryAttachment(
                f"{self._name}-allow-{entry.replace('/', '-')}",
                acl_id=acl.id,
                entry=entry if "/" in entry else f"{entry}/32",
                opts=self._child,
            )
            for entry in args.access.allow
        ]
        bound = alb.ListenerAclAttachment(
            f"{self._name}-acl-attachment",
            acl_id=acl.id,
            acl_type="White",
            listener_id=listener.id,
            # A list without entries would let nobody in, or everybody: it is bound when it is whole.
            opts=pulumi.ResourceOptions(parent=self, depends_on=entries),
        )
        return (bound.id,)
