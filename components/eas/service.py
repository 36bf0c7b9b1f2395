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
from stacks.kinds.eas_access import Group

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
    #: False: stopped, kept, not billed.
    running: bool = True
    #: Whether a scaler decides the number of replicas.
    scaled: bool = False
    #: The most replicas that may run.
    most_replicas: int = 1
    #: What becomes of a service for which there is no stock: wait or release, and after how many seconds.
    on_shortage: str = "wait"
    shortage_timeout: int | None = None
    #: Machine types that the model fits on as well, to be named in a shortage.
    alternatives: Sequence[str] = ()
    #: Changed, it restarts the replicas.
    restart: str | None = None
    #: The number of the version to serve instead of the newest.
    roll_back_to: int | None = None
    #: The service's part in the traffic of its group; None in no group.
    group: Group | None = None
    protect: bool = False
    #: What must be there first. Here, since what a component depends on is not handed down to its children.
    after: Sequence[pulumi.Resource] = ()


class EasService(pulumi.ComponentResource):
    """One EAS service with its base URL and key."""

    base_url: pulumi.Output[str]
    api_key: pulumi.Output[str]
    #: As the resource gives it, so that what names the service comes after it.
    service_name: pulumi.Output[str]

    def __init__(self, name: str, args: EasServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:EasService", name, None, opts)
        # A shortage may last as long as it is allowed to before anything starts; an update replaces one replica after the other.
        patience = (args.shortage_timeout or 0) + SCHEDULING_SECONDS
        create, update = (f"{patience + starts * args.start_seconds}s" for starts in (1, max(1, args.most_replicas)))
        service = resources.EasService(
            f"{name}-service",
            name=args.service_name,
            region=args.region,
            config=args.config,
            labels=args.labels,
            # With the lock the cloud itself refuses to delete or stop the service, also from the console.
            safety_lock="dangerous" if args.protect and args.running else "none",
            workspace_id=args.workspace,
            on_update_failure=args.on_update_failure,
            running=args.running,
            scaled=args.scaled,
            on_shortage=args.on_shortage,
            shortage_timeout=args.shortage_timeout,
            alternatives=list(args.alternatives),
            restart=args.restart,
            roll_back_to=args.roll_back_to,
            traffic=None if args.group is None else traffic(args.group),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                depends_on=list(args.after),
                custom_timeouts=pulumi.CustomTimeouts(create=create, update=update),
            ),
        )
        address, key = way_in(service, args)
        # A service that is stopped is kept for its name and its settings: that it has no address then is no mistake.
        self.base_url = address.apply(lambda given: base_url(given, public=args.public) if given or args.running else "")
        self.api_key = pulumi.Output.secret(key.apply(lambda given: there(given) if args.running else given or ""))
        self.service_name = service.name
        self.register_outputs({"base_url": self.base_url, "api_key": self.api_key, "service_name": self.service_name})


def way_in(service: resources.EasService, args: EasServiceArgs) -> tuple[pulumi.Output[str | None], pulumi.Output[str | None]]:
    """Address and key to call: those of the group while the service takes its traffic, else its own."""
    if args.group is not None and args.group.live:
        address = service.group_internet_endpoint if args.public else service.group_intranet_endpoint
        return address, service.group_access_token
    return service.internet_endpoint if args.public else service.intranet_endpoint, service.access_token


def there(key: str | None) -> str:
    """The key of an endpoint. Raises ValueError where the API gave none."""
    if not key:
        raise ValueError("the service has no key")
    return key


def traffic(group: Group) -> dict[str, Any]:
    """The input `traffic` of the service."""
    weight = {} if group.weight is None else {"weight": group.weight}
    return {"state": "grouping" if group.live else "standalone", **weight}
