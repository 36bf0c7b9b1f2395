"""The typed inputs of PAI-EAS services, and what of them no type can see. Imported at the first check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import StrictBool, StrictInt, StrictStr

from fourways.provider.eas.services import service_checks, service_json
from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import Path, Plain

#: EAS service names: lower case, digits and underscore, 3 to 63 (help centre, "Parameters of model services").
SERVICE_NAME = r"^[a-z0-9_]{3,63}$"


class Traffic(Inputs):
    """How a service in a service group gets the group's traffic (EAS ReleaseService, 2021-07-01; SDK 7.0.0)."""

    token_of_type: ClassVar[str] = "fourways:eas:Traffic"

    state: Literal["standalone", "grouping"] = declared("grouping (gets traffic of its group) or standalone (gets none of it)")
    weight: StrictInt | None = declared(
        "a whole number from -1 (none of its own) to 1000; left out, it stays as it is", default=None, ge=-1, le=1000
    )


class ServiceInputs(Inputs):
    """Inputs of `fourways:eas:Service`."""

    secret_paths: ClassVar[tuple[Path, ...]] = service_json.SECRET_PATHS
    #: Help centre, "Parameters of model services".
    path_defaults: ClassVar[Mapping[Path, Plain]] = {service_json.INSTANCE: 1}
    server_filled: ClassVar[frozenset[Path]] = service_json.SERVER_FILLED

    name: StrictStr = declared(
        "3 to 63 lower-case letters, digits and underscores, unique in the region", replaces=True, pattern=SERVICE_NAME
    )
    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    config: dict[str, Any] = declared("the EAS service JSON as an object, without metadata.name, token and labels")
    token: Text | None = declared(
        "the key of the endpoint as a non-empty string; left out, the cloud makes one (output accessToken)",
        default=None,
        secret=True,
        sticky=True,
    )
    labels: Labels = declared("a map of strings; ownership labels are added to it", default={})
    safety_lock: Literal["none", "dangerous", "all"] = declared(
        "none, dangerous (no delete, no stop) or all (no operation at all)", default="none"
    )
    workspace_id: Text | None = declared("the id of a PAI workspace as a string", default=None, replaces=True, sticky=True)
    on_update_failure: Literal["rollback", "keep"] = declared(
        "rollback (default: back to the version that ran before) or keep (leave the failed version, to be looked at)", default="rollback"
    )
    running: StrictBool = declared(
        "true (default) or false: the service is kept, stopped, and not billed on public resources", default=True
    )
    scaled: StrictBool = declared(
        "true or false (default): a scaler decides the count, and metadata.instance counts at the creation only", default=False
    )
    on_shortage: Literal["wait", "release"] = declared(
        "wait (default: until the timeout of the resource) or release (after shortageTimeout without stock a new service is deleted)",
        default="wait",
    )
    shortage_timeout: StrictInt | None = declared(
        "a whole number of seconds from 1, with onShortage release; left out, the timeout of the resource", default=None, ge=1
    )
    alternatives: list[Text] = declared("a list of instance types that the model fits as well, named where stock is short", default=[])
    restart: Text | None = declared("any text: a changed one restarts all instances, rolling", default=None)
    roll_back_to: StrictInt | None = declared("the number of an earlier version, to be served instead of config", default=None, ge=1)
    traffic: Traffic | None = declared("an object {state, weight?}, for a service in a group", default=None, sticky=True)

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Keys of the service JSON that are inputs of their own, and what EAS would refuse after minutes."""
        yield from service_checks.failures(inputs)

    @classmethod
    def indifferent(cls, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> frozenset[Path]:  # noqa: ARG003
        """The count of instances, where a scaler decides it."""
        return frozenset([service_json.INSTANCE]) if new.get("scaled") is True else frozenset()
