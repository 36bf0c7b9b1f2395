"""What serving tokens costs, as money sees it: offers (capacity in whole blocks, tokens by the million, fixed costs a month), what a month
of one costs at a volume, and the volumes at which the cheaper of two changes. Pure arithmetic; no prices and no measurements live here.

    api = Offer(name="token API", kind="token", currency="USD", tokens=(flat_prices(input=Decimal("0.2"), output=Decimal("0.4")),))
    units = Offer(name="4 x MU1", kind="model-unit", currency="USD", capacity=(Capacity(hourly=..., tokens_per_hour=...),))
    demand = Demand(tokens=Decimal("240e6"), hours=Decimal(270), output_share=Decimal("0.33"))
    monthly_cost(units, demand); cost_per_million(units, demand); break_evens(api, units, demand, up_to=Decimal("1e11"))
"""

from fourways.costs.people import HOURS_A_MONTH
from fourways.economics.break_evens import BreakEven, break_evens, cheaper
from fourways.economics.cost import CannotServe, Cost, ceiling, cost, cost_per_million, limit, monthly_cost, use_of_capacity
from fourways.economics.currency import CurrenciesDiffer, in_currency
from fourways.economics.demand import Demand, load_levels
from fourways.economics.offer import Capacity, Fixed, Offer, TokenPrices, flat_prices

__all__ = [
    "HOURS_A_MONTH",
    "BreakEven",
    "CannotServe",
    "Capacity",
    "Cost",
    "CurrenciesDiffer",
    "Demand",
    "Fixed",
    "Offer",
    "TokenPrices",
    "break_evens",
    "ceiling",
    "cheaper",
    "cost",
    "cost_per_million",
    "flat_prices",
    "in_currency",
    "limit",
    "load_levels",
    "monthly_cost",
    "use_of_capacity",
]
