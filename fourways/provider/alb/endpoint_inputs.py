"""The typed inputs of endpoints behind an Application Load Balancer."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared


class EndpointInputs(Inputs):
    """Inputs of `fourways:alb:Endpoint`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    load_balancer_id: Text = declared("the id of a load balancer (alb-...)", replaces=True)
    listener_port: StrictInt = declared("the port of its listener, from 1 to 65535", replaces=True, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS"] = declared("HTTP or HTTPS, as the listener has it")
    server_group_id: Text = declared("the id of the server group (sgp-...) that the listener forwards to")
    healthy: StrictInt = declared("a whole number from 0: healthy servers to wait for, default 1", default=1, ge=0)
    triggers: Labels = declared("a map of strings: whenever one of them changes it is waited again", default={})
