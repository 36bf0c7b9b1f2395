"""A model behind PAI-EAS: the service, and the address and key to call it with.

Does not say what runs or where: that is the service JSON (`service_json.py`) handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.endpoint import base_url
from fourways.provider import resources

SCHEDULING_SECONDS = 1800
"""Assumed: machines that have just been bought take minutes to join their group, and a replica 30-120 s to come up before it loads."""


@dataclass(frozen=True, kw_only=True)
class EasServiceArgs:
    """What to run, under which name, and who may reach it."""

    region: str
    #: Unique in the region.
    service_name: str
    config: Mapping[str, Any]
    labels: Mapping[str, str]
    public: bool
    #: How long a replica may take to start, in seconds.
    start_seconds: int
    workspace: str | None = None
    #: What becomes of a new version that does not run: rollback or keep.
    on_update_failure: str = "rollback"
    protect: bool = False
    #: What must be there first. Here, since what a component depends on is not handed down to its children.
    after: Sequence[pulumi.Resource] = ()


class EasService(pulumi.ComponentResource):
    """One EAS service with its base URL and key."""

    base_url: pulumi.Output[str]
    api_key: pulumi.Output[str]

    def __init__(self, name: str, args: EasServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:EasService", name, None, opts)
        wait = f"{args.start_seconds + SCHEDULING_SECONDS}s"
        service = resources.EasService(
            f"{name}-service",
            name=args.service_name,
            region=args.region,
            config=args.config,
            labels=args.labels,
            # With the lock the cloud itself refuses to delete or stop the service, also from the console.
            safety_lock="dangerous" if args.protect else "none",
            workspace_id=args.workspace,
            on_update_failure=args.on_update_failure,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                depends_on=list(args.after),
                custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait),
            ),
        )
        public = args.public
        address = service.internet_endpoint if public else service.intranet_endpoint
        self.base_url = address.apply(lambda given: base_url(given, public=public))
        self.api_key = pulumi.Output.secret(service.access_token)
        self.register_outputs({"base_url": self.base_url, "api_key": self.api_key})
