"""How amounts and rows are put into words, the same in every rendering."""

from decimal import ROUND_HALF_UP, Context, Decimal

from fourways.costs.model import Estimate, Row, Total
from fourways.costs.people import Team

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
