"""What an instance asks at 100.100.100.200, served under `/_fake/metadata/<instance id>/latest/...`: help centre, "Instance metadata", and
the calls of alibabacloud_credentials `provider/ecs_ram_role.py`.

An instance whose HttpTokens is `required` needs a token for each read, from PUT `latest/api/token`. The statuses of refusals are assumed.
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.services.ram.documents import trusts
from fourways.fakes.wire.messages import Request, Response

if TYPE_CHECKING:
    from fourways.fakes.cloud import Cloud

PREFIX = "/_fake/metadata/"
LONGEST_TOKEN = 21_600  # seconds
KEY_SECONDS, KEY_SPARE = 6 * 3600, 1800  # how long a role's key is good, and when there is another one before that (assumed)
_CREDENTIALS = "meta-data/ram/security-credentials/"


class MetadataBackend(Backend):
    """The tokens of instances' metadata in one account and region: (instance id, epoch seconds until which it is good)."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens: dict[str, tuple[str, float]] = {}

    def inventory(self) -> list[dict[str, Any]]:
        """A token is nothing that a destroy would leave behind."""
        return []

    def token(self, instance_id: str, seconds: int) -> str:
        now, token = self.scope.clock.now(), secrets.token_urlsafe(40)
        self.tokens = {one: about for one, about in self.tokens.items() if about[1] > now}
        self.tokens[token] = (instance_id, now + seconds)
        return token

    def holds(self, token: str, instance_id: str) -> bool:
        of, until = self.tokens.get(token, ("", 0.0))
        return of == instance_id and until > self.scope.clock.now()


def answer(cloud: Cloud, request: Request) -> Response:
    """Text, as on the instance; 404 for an instance that does not run and for an item that it does not have."""
    id, _, item = request.path.removeprefix(PREFIX).partition("/latest/")
    ecs = next((backend for backend in cloud.backends(EcsBackend) if id in backend.instances), None)
    if ecs is None or ecs.instances[id].status != "Running":
        return Response(404, f"no instance {id} is running".encode())
    instance, tokens = ecs.instances[id], cloud.backend(MetadataBackend, ecs.scope.account, ecs.scope.region)
    if instance.options.get("HttpEndpoint", "enabled") == "disabled":
        return Response(403, b"the metadata of this instance is disabled")
    if (request.method, item) == ("PUT", "api/token"):
        seconds = request.headers.get("x-aliyun-ecs-metadata-token-ttl-seconds", "")
        if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_TOKEN:
            return Response(400, f"X-aliyun-ecs-metadata-token-ttl-seconds must be from 1 to {LONGEST_TOKEN}".encode())
        return Response(200, tokens.token(id, int(seconds)).encode())
    if request.method != "GET":
        return Response(405, b"only GET is answered here")
    given = request.headers.get("x-aliyun-ecs-metadata-token")
    if (given is None and instance.options.get("HttpTokens") == "required") or (given is not None and not tokens.holds(given, id)):
        return Response(403, b"a valid X-aliyun-ecs-metadata-token is required")
    found = _item(ecs, instance, item)
    return Response(404, b"there is no such item") if found is None else Response(200, found, {"content-type": "text/plain"})


def _item(ecs: EcsBackend, instance: Instance, item: str) -> bytes | None:
    if item == "user-data":
        return base64.b64decode(instance.user_data) if instance.user_data else None
    if item.startswith(_CREDENTIALS.rstrip("/")):
        return _credentials(ecs, instance, item.removeprefix(_CREDENTIALS.rstrip("/")).strip("/"))
    primary = ecs.network_interfaces.of(instance.id)[0]
    items = {
        "instance-id": instance.id,
        "region-id": ecs.scope.region,
        "zone-id": instance.zone,
        "private-ipv4": primary.ips[0],
        "hostname": instance.host_name,
        "image-id": instance.image_id,
        "instance/instance-type": instance.type.name,
        "instance/instance-name": instance.name,
        "mac": primary.mac,
        "vpc-id": primary.vpc_id,
        "vswitch-id": primary.vswitch_id,
        "owner-account-id": ecs.scope.account,
    }
    found = items.get(item.removeprefix("meta-data/")) if item.startswith("meta-data/") else None
    return None if found is None else found.encode()


def _credentials(ecs: EcsBackend, instance: Instance, role: str) -> bytes | None:
    """The name of the instance's role, or a key of it; nothing for another role, or one that does not trust ECS."""
    if not instance.role:
        return None
    if not role:
        return instance.role.encode()
    ram, now, clock = ecs.scope.backend(RamBackend), ecs.scope.clock.now(), ecs.scope.clock
    if role != instance.role or role not in ram.roles or not trusts(ram.roles[role].document, "ecs.aliyuncs.com"):
        return None
    key = ecs.scope.cloud.accounts.lend(ecs.scope.account, role, f"vm-ram-{instance.id}", now, KEY_SECONDS, KEY_SPARE)
    shown = {
        "AccessKeyId": key.access_key_id,
        "AccessKeySecret": key.access_key_secret,
        "Expiration": clock.timestamp(key.expires),
        "SecurityToken": key.security_token,
        "LastUpdated": clock.timestamp(key.expires - KEY_SECONDS),
        "Code": "Success",
    }
    return json.dumps(shown).encode()
