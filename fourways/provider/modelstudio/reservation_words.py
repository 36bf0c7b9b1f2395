"""What a reservation tells its user: when a term ends, what is bought, what is left. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from fourways.catalog import reservations as rules
from fourways.provider.modelstudio import reservation_state as state
from fourways.provider.modelstudio.deployment_api import Answer
from fourways.provider.values import Plain


def local(at: datetime) -> str:
    """`2026-11-24 23:59:59 UTC+8`: terms are counted there."""
    found = rules.terms()
    return f"{at.astimezone(found.zone):%Y-%m-%d %H:%M:%S} UTC+{found.utc_offset_hours}"


def purchase(inputs: Mapping[str, Plain], now: datetime) -> str | None:
    """What a prepaid purchase at this moment would be; None for a postpaid one, or while the term is not known."""
    days = inputs.get("termDays")
    if inputs.get("chargeType") != "PrePaid" or not isinstance(days, int):
        return None
    found = rules.terms()
    hour = f"{found.cutoff_hour}:00 UTC+{found.utc_offset_hours}"
    first = (
        f"the term begins with the next day, since it is {hour} or later"
        if found.late(now)
        else f"today counts as its first day (from {hour} on, tomorrow would)"
    )
    again = f"renews itself by {days} days each time" if inputs.get("autoRenewal") else "does not renew itself"
    return f"bought now, {days} days end at {local(found.expiry(now, days))}; {first}. It {again}, and cannot be deleted while it runs."


def renewal(days: object, expires: object) -> str:
    """What a change of the term does."""
    until = state.moment(expires)
    return (
        f"termDays changes: the reservation is renewed, which buys {days} more days"
        f"{f' on top of the term that ends at {local(until)}' if until else ''}. Nothing gives them back."
    )


def judged(inputs: Mapping[str, Plain], today_: datetime) -> Iterator[str]:
    """Warnings about values that stale rules do not have, and about models of which no rule was read."""
    from fourways.provider.modelstudio.reservation_inputs import illegal_values, refusal

    for name, illegal in illegal_values(inputs):
        if not rules.fresh(illegal.fact, today_.date()):
            yield f"{name}: {refusal(illegal)} That is more than {rules.freshness().days} days old: the cloud may sell it by now"
    model, region, tier = (inputs.get(name) for name in ("model", "region", "tier"))
    if isinstance(model, str) and isinstance(region, str) and isinstance(tier, str) and rules.capacity(model, region, tier) is None:
        yield f"nothing is known of the capacities that are sold of {model} in {region} (tier {tier}): the cloud decides"


def remains(deployed: str, terms: Sequence[Answer], now: datetime) -> str:
    """What is left of prepaid terms, until when, and what the refund formula would give back."""
    return f"{deployed}: " + "; ".join(_rest(row, now) for row in terms)


def _rest(row: Answer, now: datetime) -> str:
    input_tpm, output_tpm = state.tpm(row)
    what = f"{row.get('instance_id')} with {input_tpm} input and {output_tpm} output TPM"
    ends, bought = state.moment(row.get("gmt_expired")), state.moment(row.get("gmt_created"))
    if ends is None:
        return f"{what} is paid for, until a time that the cloud does not say"
    text = f"{what} is paid for until {local(ends)} and released at {local(rules.terms().released(ends))}"
    if bought is None or not bought < ends:
        return text
    share = rules.terms().refund_share(bought, ends, now)
    formula = f"paid - paid x used / total x {rules.terms().refund_factor}, read {rules.terms().read_on}"
    return f"{text}; unsubscribed in the console now it would give back about {share:.0%} of what was paid ({formula})"
