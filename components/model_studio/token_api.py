"""The way to Model Studio for one stack: a workspace, a key that opens the stack's model alone, and limits on what is asked with it.

Free, but whoever has the key spends by the token. A workspace that is adopted, or the region's default one, is used and left as it is: only
the key, and the limits of the model, are the stack's there. The reservation and the Model Units of Model Studio are called by the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.names import Names, names
from fourways.cloud import dashscope, studio_hosts, target
from fourways.provider import resources
from stacks.kinds.model_studio import DEFAULT, OWN, Key, Limits
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
from stacks.model import Settings

A_MINUTE = 60
"""Seconds: the period of limits in RPM and TPM."""


@dataclass(frozen=True, kw_only=True)
class TokenApiArgs:
    """Which model, in whose workspace, and who may call it how often."""

    region: str
    names: Names
    #: What the stack calls itself; the end of every name here.
    name: str
    model: str
    #: own, default, or a workspace's id.
    workspace: str
    key: Key
    limits: Limits | None = None
    #: Whether the stack deploys the model, too, for which a workspace needs a right of its own.
    deploys: bool = False
    #: Whether the workspace outlives the stack: it cannot be deleted while a term runs in it.
    keep_workspace: bool = False


class TokenApi(pulumi.ComponentResource):
    """A key of the stack's own, and where to use it."""

    base_url: pulumi.Output[str]
    #: Secret.
    api_key: pulumi.Output[str]
    #: The workspace's own host and id; None in the default workspace.
    host: pulumi.Output[str] | None
    workspace_id: pulumi.Output[str] | None
    #: What must be there before anything is deployed with the key.
    rights: list[pulumi.Resource]

    def __init__(self, name: str, args: TokenApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:TokenApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.host, self.workspace_id, self.rights = self._workspace(name, args)
        if args.limits is not None and self.workspace_id is not None:
            resources.ModelStudioModelLimits(
                f"{name}-limits", region=args.region, workspace_id=self.workspace_id, limits=[limit(args.model, args.limits)], opts=child
            )
        key = resources.ModelStudioApiKey(
            f"{name}-key",
            region=args.region,
            workspace_id=self.workspace_id,
            description=args.names.of(args.name),
            allowed_ips=args.key.allowed_ips,
            models=args.key.models or [args.model],
            rotation=args.key.rotation,
            overlap=args.key.overlap,
            kms_secret={"name": args.key.kms_secret.name} if args.key.kms_secret else None,
            opts=child,
        )
        here = target.current()
        host = self.host if self.host is not None else pulumi.Output.from_input(dashscope.HOSTS[args.region])
        self.base_url = host.apply(lambda found: studio_hosts.openai_url(found, here))
        self.api_key = pulumi.Output.secret(key.value)
        self.register_outputs({"base_url": self.base_url, "api_key": self.api_key})

    def _workspace(
        self, name: str, args: TokenApiArgs
    ) -> tuple[pulumi.Output[str] | None, pulumi.Output[str] | None, list[pulumi.Resource]]:
        """Host and id of the workspace, and the rights that it was given."""
        if args.workspace == DEFAULT:
            return None, None, []
        if args.workspace != OWN:
            host = studio_hosts.workspace_host(args.workspace, args.region)
            return pulumi.Output.from_input(host), pulumi.Output.from_input(args.workspace), []
        made = resources.ModelStudioWorkspace(
            f"{name}-workspace",
            region=args.region,
            workspace_name=args.names.of(args.name),
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=args.keep_workspace),
        )
        right = {"model": args.model, "inference": True} | ({"deploy": True} if args.deploys else {})
        rights = resources.ModelStudioModelPermissions(
            f"{name}-rights",
            region=args.region,
            workspace_id=made.workspace_id,
            models=[right],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made.api_host, made.workspace_id, [rights]


def way_in(
    settings: Settings,
    serving: TokenServing | PtuServing | StudioUnitServing,
    opts: pulumi.ResourceOptions,
    *,
    limits: Limits | None = None,
    deploys: bool = False,
    keep_workspace: bool = False,
) -> TokenApi:
    """The component as the stack's settings want it; `limits` are left out where they are the deployment's own."""
    return TokenApi(
        "token-api",
        TokenApiArgs(
            region=settings.region,
            names=names(settings),
            name=serving.name,
            model=serving.model.id,
            workspace=serving.workspace,
            key=serving.key,
            limits=limits,
            deploys=deploys,
            keep_workspace=keep_workspace,
        ),
        opts,
    )


def limit(model: str, limits: Limits) -> Mapping[str, Any]:
    """The limits of a model as the API has them: each with its period."""
    found: dict[str, Any] = {"model": model}
    if limits.rpm is not None:
        found |= {"requestLimit": limits.rpm, "requestLimitPeriod": A_MINUTE}
    if limits.tpm is not None:
        found |= {"usageLimit": limits.tpm, "usageLimitPeriod": A_MINUTE}
    return found
