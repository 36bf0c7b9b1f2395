"""What Model Studio bills for: reserved tokens a minute, model units, and tokens."""

from decimal import Decimal

from fourways.costs.documents import known
from fourways.costs.items import Billed, Bundle, Inputs, Item, Metered, is_prepaid, number, text

KTPM = Decimal(1000)
"""Tokens a minute that one item of a reservation is (help centre, throughput reservation billing)."""


def reservation(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:Reservation`: its tokens a minute, in thousands, from its creation or for its term."""
    model, tier = text(inputs, "model"), text(inputs, "tier")
    sides = {side: number(inputs, f"{side}Tpm", Decimal(0)) for side in ("input", "output")}
    return Bundle(
        kind="reservation",
        parts=tuple((f"{model} {tier} {side}", tpm / KTPM) for side, tpm in sides.items()),
        billed=f"reservation of {model}, {tier} tier, {sides['input']:f} in / {sides['output']:f} out TPM",
        prepaid=is_prepaid(inputs),
    )


def model_units(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:ModelUnitDeployment`: its units, from running on; by the API only by the hour."""
    spec, units = text(inputs, "spec"), number(inputs, "units", Decimal(1))
    return Item(kind="model-unit", item=spec, billed=f"Model Studio model unit {spec}", quantity=units, note="billed while the model runs")


def api_key(inputs: Inputs) -> Billed:
    """`fourways:modelstudio:ApiKey`: whatever is called with it."""
    models = inputs.get("models")
    if not isinstance(models, list) or not models or not known(models):
        return Metered(kind="tokens", items=(), billed="tokens of any model that is called with it")
    items = tuple(f"{model} {side}" for model in models for side in ("input", "output"))
    return Metered(kind="tokens", items=items, billed=f"tokens of {', '.join(map(str, models))} that are called with it")
