"""How amounts and rows are put into words, the same in every rendering."""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from fourways.costs.model import Estimate, Row, Total
from fourways.costs.people import Team
from fourways.costs.rates import Rates

CENT = Decimal("0.01")
EACH = {"hour": "an hour", "day": "a day", "month": "a month"}


def money(amount: Decimal | None, currency: str, *, sign: bool = False) -> str:
    """`1,234.50 CNY`; amounts under a cent keep four digits. None is a dash: not billed, or not known."""
    if amount is None:
        return "-"
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    shown = rounded if rounded or not amount else Context(prec=4).create_decimal(amount).normalize()
    return f"{shown:{'+' if sign else ''},f} {currency}"


def hourly(row: Row) -> str:
    """The hourly cell: an amount, `metered`, `free`, or `unknown`."""
    return money(row.hourly, row.currency) if row.status == "priced" else row.status


def monthly(row: Row) -> str:
    """The monthly cell."""
    return money(row.monthly, row.currency) if row.status == "priced" else row.status


def billed(row: Row) -> str:
    """What is really billed: `2 x EAS dedicated machine ml.gu8tef.4.23xlarge at 216.00 CNY an hour (assumed), for a term`."""
    if row.status == "metered":
        return f"no fixed cost; by use: {row.billed}{' (assumed)' if row.assumed else ''}"
    if row.status != "priced":
        return row.note if row.status == "unknown" else "not billed by itself"
    marks = f"{' (assumed)' if row.assumed else ''}{', committed for a term' if row.committed else ''}"
    each = f"{row.unit_price:,f} {row.currency} {EACH[row.unit]}"  # as in the price book, not rounded
    grown = "" if row.most_hourly is None else f"; at most {money(row.most_hourly, row.currency)} an hour, grown as far as it may"
    return f"{row.quantity:f} x {row.billed} at {each}{marks}{grown}"


def ends(row: Row) -> str:
    """When its bill ends: `stops at destroy`, `committed until 2026-12-30`, `stays at destroy`; a dash where nothing is billed."""
    if row.committed:
        return f"committed {row.until}"
    if row.status == "priced":
        return "stays at destroy" if row.kept else "stops at destroy"
    return {"metered": "with its use", "unknown": "unknown"}.get(row.status, "-")


def commitment(estimate: Estimate) -> str:
    """What of the sum is committed, until when, and what stops at destroy: one sentence, empty where nothing is billed by itself."""
    if not estimate.totals:
        return ""
    stops = f"stops at destroy: {total(estimate.stopping) if estimate.stopping else 'nothing'}"
    terms = dict.fromkeys(f"{row.name} {row.until}" for row in estimate.rows if row.committed)
    committed = f"committed: {total(estimate.committed)} ({', '.join(terms)})" if terms else "committed: nothing"
    kept = [row.name for row in estimate.rows if row.kept and row.status == "priced" and not row.committed]
    return f"{committed}; {stops}" + (f"; stays at destroy: {', '.join(kept)}" if kept else "")


def stale(estimate: Estimate, today: date) -> list[str]:
    """One line for each row whose price is older than the book trusts it."""
    return [
        f"{row.name}: its price was read {row.read_on}, {(today - row.read_on).days} days ago, and is trusted {row.stale_after_days}"
        for row in estimate.rows
        if row.read_on is not None and row.is_stale(today)
    ]


def converted(sums: tuple[Total, ...], rates: Rates, *, sign: bool = False) -> str:
    """The sums in the currency of the stated rates, with the rate: `in CNY: 216.31 CNY an hour, ... (at the stated rate 1 USD = 7.1 CNY)`.
    Empty without a rate, and where the sums are in that currency already."""
    to, currencies = rates.currency, [one.currency for one in sums]
    if to is None or not {*currencies} - {to}:
        return ""
    whole = rates.total(sums, to)
    if whole is None:
        missing = [of for of in currencies if rates.convert(Decimal(1), of, to) is None]
        return f"in {to}: cannot tell, for no rate to {', '.join(missing)} is stated"
    return f"in {to}: {total((whole,), sign=sign)} ({rates.words(to, currencies)})"


def total(sums: tuple[Total, ...], *, sign: bool = False) -> str:
    """`216.00 CNY an hour, 157,680.00 CNY a month`; several currencies are joined by `and`."""
    words = [f"{money(one.hourly, one.currency, sign=sign)} an hour, {_month(one, sign)}" for one in sums]
    return " and ".join(words) or "nothing that is billed"


def sum_of(estimate: Estimate) -> str:
    """The total of an estimate; where there is none, whether that is because no price is known, nothing is billed, or only what is used."""
    if not estimate.totals and estimate.unknown:
        return "cannot tell"
    return total(estimate.totals) if estimate.totals or not estimate.metered else "no fixed cost"


def at_most(estimate: Estimate) -> str:
    """The sum when every scaler has grown to its maximum; empty where none can."""
    return total(estimate.largest) if estimate.largest != estimate.totals else ""


def team(team: Team) -> str:
    """`80 h a month at 90 USD an hour: 7,200.00 USD a month`."""
    return f"{team.hours:f} h a month at {team.rate:,f} {team.currency} an hour: {money(team.monthly, team.currency)} a month"


def sources(estimate: Estimate) -> list[str]:
    """One line a distinct source of a price, with the day it was read and, for an assumption, what it rests on."""
    lines = {}
    for row in estimate.rows:
        if row.status in ("priced", "metered") and row.source:
            assumed = f"; assumed: {row.note}" if row.assumed else ""
            lines[row.source, row.assumed, row.note] = f"{row.source} (read {row.read_on}){assumed}"
    return list(dict.fromkeys(lines.values()))


def _month(one: Total, sign: bool) -> str:
    return f"{money(one.monthly, one.currency, sign=sign)} a month (730 h)"
