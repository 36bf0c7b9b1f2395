"""Whether the settings of a stack at Model Studio go together. What the units make, and what old facts only warn of, is said at preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from fourways.catalog import units
from fourways.catalog.model_studio import all_places
from fourways.catalog.regions import all_regions
from stacks.checks.place import no_term_in_a_benchmark
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from fourways.catalog import reservations as rules
    from stacks.kinds.model_studio import Key, Limits, StudioModel
    from stacks.kinds.ptu import ReservationSettings
    from stacks.kinds.studio_unit import StudioCapacity

MOST_ADDRESSES = 20
"""Addresses and ranges of one key (SDK 2.2.3, CreateApiKey: accessIps)."""
RESERVATION = "fourways:serving.reservation"


def region_has_model_studio(region: str) -> Iterator[Problem]:
    """The region has Model Studio; one that is no region at all is told elsewhere."""
    if region in all_regions() and region not in all_places():
        yield Problem(
            key="alicloud:region",
            given=shown(region),
            allowed=f"{', '.join(all_places())}: where Model Studio has the APIs that this kind needs",
            todo="use one of these regions",
        )


def there_is_no_network(network: Any) -> Iterator[Problem]:
    """A setting that does nothing misleads."""
    if network is not None:
        yield Problem(
            key="fourways:network",
            given=shown(network.model_dump()),
            allowed="nothing: Model Studio runs the model, and the stack has no VPC",
            todo="take fourways:network out",
        )


def allowed_ips_are_addresses(key: Key) -> Iterator[Problem]:
    """The list is one that the API takes, and it is one that keeps somebody out."""
    given = key.allowed_ips or ()
    if len(given) > MOST_ADDRESSES:
        yield Problem(
            key="fourways:serving.key.allowedIps",
            given=f"{len(given)} entries",
            allowed=f"1-{MOST_ADDRESSES} addresses or ranges",
            todo="join ranges that lie side by side",
        )
    for position, address in enumerate(given):
        try:
            network = ip_network(address)
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            yield Problem(
                key=f"fourways:serving.key.allowedIps[{position}]",
                given=shown(address),
                allowed="an address or a range without host bits, e.g. 203.0.113.7 or 203.0.113.0/24",
                todo="correct it" if network is None else "take allowedIps out where anybody with the key may use it",
            )


def key_opens_the_model(key: Key, model: StudioModel) -> Iterator[Problem]:
    """A key that does not open what the stack serves serves nothing."""
    if key.models is not None and model.id not in key.models:
        yield Problem(
            key="fourways:serving.key.models",
            given=shown(list(key.models)),
            allowed=f"a list that has {model.id}, the stack's model",
            todo="add it, or take key.models out (then the key opens that model alone)",
        )


def limits_say_something(limits: Limits | None) -> Iterator[Problem]:
    """At least one limit."""
    if limits is not None and limits.rpm is None and limits.tpm is None:
        yield Problem(
            key="fourways:serving.limits", given="neither rpm nor tpm", allowed="rpm, tpm or both", todo="add one, or take limits out"
        )


def limits_need_a_workspace(limits: Limits | None, workspace: str) -> Iterator[Problem]:
    """Limits hold for a whole workspace: the default one is everybody's."""
    if limits is not None and workspace == "default":
        yield Problem(
            key="fourways:serving.limits",
            given='limits with workspace "default"',
            allowed="limits in a workspace of the stack's own, or in one named by its id: they hold for all its keys",
            todo="set workspace: own, or take limits out",
        )


def tier_is_sold_so(reservation: ReservationSettings) -> Iterator[Problem]:
    """The standard tier is sold for a term only (ptu_default: pre_paid)."""
    if reservation.tier == "default" and reservation.charge_type == "PostPaid":
        yield Problem(
            key=f"{RESERVATION}.tier",
            given='"default" with chargeType PostPaid',
            allowed="default with PrePaid, or fast with either",
            todo="set tier: fast, or chargeType: PrePaid and termDays",
        )


def term_fits_the_charge_type(reservation: ReservationSettings) -> Iterator[Problem]:
    """A term has its days; without one there is nothing to renew."""
    from fourways.catalog import reservations as rules  # here: other kinds' previews need not read it

    days, key = reservation.term_days, f"{RESERVATION}.termDays"
    if reservation.charge_type == "PrePaid":
        if days is None:
            yield Problem(key=key, given="nothing", allowed=f"{_terms()} with PrePaid", todo="add the key")
        elif (wrong := rules.illegal_term(days)) and _refuses(wrong):
            yield Problem(key=key, given=str(days), allowed=_terms(), todo=_nearest(wrong))
        return
    if days is not None:
        yield Problem(key=key, given=str(days), allowed="nothing with PostPaid", todo="take it out, or set chargeType: PrePaid")
    if reservation.auto_renewal:
        yield Problem(
            key=f"{RESERVATION}.autoRenewal",
            given="true",
            allowed="false with PostPaid: there is no term to renew",
            todo="take it out, or set chargeType: PrePaid",
        )


def capacity_is_sold(reservation: ReservationSettings, model: StudioModel, region: str) -> Iterator[Problem]:
    """In the least and in the steps that the model is sold in; of a model that nothing was read of, the API's unit alone is known."""
    from fourways.catalog import reservations as rules

    for side, tpm in (("input", reservation.input_tpm), ("output", reservation.output_tpm)):
        key = f"{RESERVATION}.{side}Tpm"
        wrong = rules.illegal_capacity(model.id, region, reservation.tier, side, tpm)
        if wrong is not None and _refuses(wrong):
            known = rules.capacity(model.id, region, reservation.tier)
            assert known is not None, "only what is known is illegal"
            steps = known.input if side == "input" else known.output
            allowed = f"{steps.least} or more in steps of {steps.step} ({known.source}; read {known.read_on})"
            yield Problem(key=key, given=f"{tpm} tokens a minute", allowed=allowed, todo=_nearest(wrong))
        elif tpm % rules.KTPM:
            yield Problem(
                key=key,
                given=f"{tpm} tokens a minute",
                allowed=f"a multiple of {rules.KTPM}, the API's own unit",
                todo=f"use {tpm - tpm % rules.KTPM + rules.KTPM}",
            )


def _refuses(wrong: rules.Illegal) -> bool:
    """Old facts refuse nothing: the provider warns, and the cloud judges."""
    from fourways.catalog import reservations as rules

    return rules.fresh(wrong.fact, datetime.now(UTC).date())


def _terms() -> str:
    from fourways.catalog import reservations as rules

    terms = rules.terms()
    return f"1-{terms.daily_up_to}, {', '.join(map(str, terms.also[:-1]))} or {terms.also[-1]} days"


def _nearest(wrong: rules.Illegal) -> str:
    return f"use {' or '.join(map(str, wrong.nearest))}{', the nearest' if len(wrong.nearest) > 1 else ', the least'}"


def benchmark_reserves_no_term(environment: str, reservation: ReservationSettings) -> Iterator[Problem]:
    """A term outlives the benchmark, and so does what expires by itself only."""
    yield from no_term_in_a_benchmark(environment, reservation.charge_type, f"{RESERVATION}.chargeType")


def spec_is_sold(capacity: StudioCapacity) -> Iterator[Problem]:
    """The spec has a name that Model Studio has."""
    known = units.studio_specs()
    if capacity.spec not in known:
        yield Problem(
            key="fourways:serving.capacity.spec",
            given=shown(capacity.spec),
            allowed=", ".join(known),
            todo=closest(capacity.spec, known) + "use one of these",
        )


ACCESS = (region_has_model_studio, there_is_no_network, allowed_ips_are_addresses, key_opens_the_model, limits_say_something)
CAPACITY = (tier_is_sold_so, capacity_is_sold, term_fits_the_charge_type, benchmark_reserves_no_term)
