"""The typed inputs of endpoints behind an Application Load Balancer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import Plain


class EndpointInputs(Inputs):
    """Inputs of `fourways:alb:Endpoint`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    load_balancer_id: Text = declared("the id of a load balancer (alb-...)", replaces=True)
    listener_port: StrictInt = declared("the port of its listener, from 1 to 65535", replaces=True, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS"] = declared("HTTP or HTTPS, as the listener has it")
    server_group_id: Text = declared("the id of the server group (sgp-...) that the listener forwards to")
    healthy: StrictInt = declared("a whole number from 0: healthy servers to wait for, default 1", default=1, ge=0)
    servers: list[Text] | None = declared(
        "a list of ids of ECS instances (i-...), which the endpoint puts into the server group, and takes out of it whatever else is there "
        "once they are healthy; left out, it touches no server",
        default=None,
        min_length=1,
    )
    port: StrictInt | None = declared("the port of these servers, from 1 to 65535; with servers alone", default=None, ge=1, le=65535)
    triggers: Labels = declared("a map of strings: whenever one of them changes it is waited again", default={})

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Servers without their port, or fewer than have to be healthy."""
        servers, healthy = inputs.get("servers"), inputs.get("healthy")
        if (servers is None) != (inputs.get("port") is None):
            yield Failure(property="port", reason="servers and port go together: give both, or none.")
        if not isinstance(servers, list):
            return
        known = [one for one in servers if isinstance(one, str)]
        if len(set(known)) < len(known):
            yield Failure(property="servers", reason="an instance is there twice. Allowed: each once.")
        if isinstance(healthy, int) and healthy > len(servers):
            yield Failure(property="healthy", reason=f"{healthy} is more than the {len(servers)} servers. Allowed: at most as many.")
