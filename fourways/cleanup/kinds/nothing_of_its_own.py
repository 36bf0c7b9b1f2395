"""Resources that make nothing in the cloud: a rollout moves the machines of a group, an endpoint waits for servers. A create that was cut
off is simply done again."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:  # noqa: ARG001 - there is nothing to ask for
    """Nothing."""
    return iter(())


ROLLOUT = Part(name="rollout", type="fourways:ess:Rollout", look_up=look_up)
ENDPOINT = Part(name="alb-endpoint", type="fourways:alb:Endpoint", look_up=look_up)
