"""What a preview says of a service: stock, what goes down, what a roll-back, a restart or a stop does. Nothing is changed for it.

Stock and free GPUs are looked up; where that fails, nothing is said of them: a preview works without the cloud.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from fourways.cloud.answers import whole
from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Eas
from fourways.provider.eas.services import rollout, service_comparison, service_json, service_plan, stock
from fourways.provider.eas.services.shortage import Need, Shortages, alternatives_of
from fourways.provider.errors import ProviderError, duration
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain, contains_unknown

if TYPE_CHECKING:
    from fourways.provider.change import Change


async def of_create(session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:
    """A warning for types without stock. Raises ProviderError for what no new service can be asked for."""
    if inputs.get("rollBackTo") is not None:
        raise ProviderError(f"service {inputs.get('name')} does not exist yet: rollBackTo has no earlier version to go to. Take it out.")
    config = inputs.get("config")
    if not isinstance(config, dict):
        return
    # The network, which is not known before the first deployment, lies beside the types in the JSON.
    types = stock.types_of(config)
    if not types or inputs.get("running") is False or inputs.get("region") is UNKNOWN:
        return
    alternatives = alternatives_of(inputs)

    async def look() -> str | None:
        found = await stock.look_up(_hasty(session, inputs), [*types, *alternatives])
        return stock.preview_text(found, config, alternatives, _ending(inputs))

    if line := await _where_possible(session, look):
        session.reporter.warning(urn, line)


async def of_update(session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> None:
    """What the update does besides changing the config, when the endpoint goes down, and when an instance would wait for a place in vain.
    Raises ProviderError for a roll-back that cannot be done."""
    old = state  # the outputs hold the inputs
    unknown = contains_unknown(inputs.get("config")) or contains_unknown(inputs.get("token"))
    problem = None if unknown else service_plan.refusal(old, inputs, whole(state.get("latestVersion")))
    if problem:
        raise ProviderError(f"cannot update service {inputs.get('name')}: {problem}")
    for line in _deeds(old, inputs, change):
        session.reporter.info(urn, line)
    if inputs.get("running") is False:
        return
    config, starts = inputs["config"], old.get("running") is False
    if not isinstance(config, dict):
        return  # only the deployment knows
    replaces = not starts and _replaces_instances(old, inputs, change)
    text = rollout.outage(config, _count(state, inputs)) if replaces else None
    if text is None and (starts or _grows(old, inputs) or (replaces and rollout.needs_room(config, _count(state, inputs)))):

        async def look() -> str | None:
            return await Shortages(_hasty(session, inputs)).of_one_more(Need.of(inputs))

        shortage = await _where_possible(session, look, state)
        if shortage:
            text = rollout.no_room(shortage) if replaces else rollout.no_place(shortage, _ending(inputs))
    if text:
        session.reporter.warning(urn, text)


def _deeds(old: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> list[str]:
    """What the update does that is no change of the service JSON."""
    lines: list[str] = []
    before, after = old.get("rollBackTo"), inputs.get("rollBackTo")
    if change.touches("rollBackTo") and after is not None:
        lines.append(f"goes back to version {after}, rolling, and serves it until rollBackTo is taken out; the declared config is not sent")
    elif before is not None and after is None:
        lines.append(f"no longer goes back to version {before}: the declared config is sent again, as a new version")
    if change.touches("running"):
        on = inputs.get("running") is not False
        lines.append(
            "starts the service: it is billed once it runs"
            if on
            else "stops the service: its endpoint is down, and nothing is billed on public resources, until running is true again"
        )
    elif service_plan.restarts(old, inputs) and inputs.get("running") is not False:
        lines.append("restarts all instances of the service, rolling, unless a new version replaces them anyway")
    return lines


def _replaces_instances(old: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> bool:
    """Whether running instances are replaced by others, rolling."""
    pinned = inputs.get("rollBackTo") is not None
    version = not pinned and service_comparison.makes_version(change.paths)
    return version or change.touches("rollBackTo") or service_plan.restarts(old, inputs)


def _grows(old: Mapping[str, Plain], inputs: Mapping[str, Plain]) -> bool:
    before, after = (service_json.wanted(one) for one in (old, inputs))
    return before is not None and after is not None and after > before


def _count(state: Mapping[str, Plain], inputs: Mapping[str, Plain]) -> int | None:
    """The instances that run: where a scaler decides, those that the state has seen."""
    return whole(state.get("totalInstance")) if inputs.get("scaled") else service_json.wanted(inputs)


def _ending(inputs: Mapping[str, Plain]) -> str:
    """What becomes of an instance that finds no place."""
    if inputs.get("onShortage") != "release":
        return "it would wait until there is, or its time is over"
    seconds = whole(inputs.get("shortageTimeout"))
    return f"it would wait {duration(seconds) if seconds else 'until its time is over'}, and be released then"


def _hasty(session: Session, inputs: Mapping[str, Plain]) -> Eas:
    return Eas(session, str(inputs["region"]), patient=False)


async def _where_possible(
    session: Session, look: Callable[[], Awaitable[str | None]], state: Mapping[str, Plain] | None = None
) -> str | None:
    try:
        await session.guard((state or {}).get("target"), (state or {}).get("account"))
        return await look()
    except (ProviderError, CloudError, CredentialsError):
        return None  # without credentials, permission or network a preview says less
