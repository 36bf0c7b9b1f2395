"""stack-budget: a stack costs no more than its budget, with every scaler at its maximum.

Why: the next change is cheap to refuse before it is made, and dear after a month.
How to mend: buy less, bound what grows (`autoscaler.max`, `scaling.max`), or raise `fourways:budget` in the stack file: that is then a line
in the same pull request.
Source: the setting `fourways:budget`; prices and what is billed are those of `fourways.costs` and its dated price book.
Needs known at preview: what decides a price (machine types, counts, units, charge type). Prices that nobody knows, tokens, and sums in
another currency are in no sum: `fourways check` lists them, and they pass here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from policies.model import Finding, Parameters, Resource, StackRule, structured

STACK = "pulumi:pulumi:Stack"


def check(resources: Sequence[Resource], parameters: Parameters) -> Iterator[Finding]:
    """A finding on the stack when it is over its budget, or when a value that decides a price is not known."""
    stack = next((one for one in resources if one.type == STACK), None)
    if stack is None or not (given := structured(stack, "budget")):
        return
    from fourways import costs
    from policies import bill

    try:
        amount, currency, per = Decimal(str(given["amount"])), str(given["currency"]), given.get("per", "month")
    except (KeyError, InvalidOperation):
        yield Finding(stack.urn, "fourways:budget has no amount and currency that can be read")
        return
    found = bill.estimate(resources)
    verdict = costs.judge(found, costs.Budget(amount=amount, currency=currency, per="hour" if per == "hour" else "month"))
    if verdict.status == "over":
        yield Finding(stack.urn, verdict.message)
    elif parameters.unknown == "refuse" and (names := bill.not_known(resources, found)):
        yield Finding(stack.urn, f"cannot be checked: what decides the price of {', '.join(names)} is not known at preview")


RULE = StackRule(
    name="stack-budget",
    description="A stack costs no more than its budget.",
    mend="buy less, bound what grows by itself, or raise fourways:budget in the stack file.",
    parameters=Parameters,
    check=check,
    needs={
        "fourways:eas:ResourceGroup": ("instanceType", "instanceCount", "chargeType"),
        "fourways:eas:Gateway": ("instanceType", "replicas", "chargeType"),
        "fourways:modelstudio:Reservation": ("tier", "inputTpm", "outputTpm", "chargeType"),
        "fourways:modelstudio:ModelUnitDeployment": ("spec", "units"),
        "alicloud:ecs/instance:Instance": ("instanceType", "instanceChargeType"),
        "alicloud:ess/scalingGroup:ScalingGroup": ("minSize", "maxSize"),
    },
)
