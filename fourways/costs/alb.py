"""What an application load balancer costs: its instance by the hour, and what goes through it (help centre, "ALB billing rules")."""

from fourways.costs.items import Inputs, Item, Metered, Parts, part, text


def load_balancer(inputs: Inputs) -> Parts:
    """`alicloud:alb/loadBalancer:LoadBalancer`: from its creation on, by edition; capacity units by use, and traffic where it is public."""
    traffic = " and traffic to the Internet" if inputs.get("addressType") == "Internet" else ""
    return Parts(
        parts=(
            part("", _instance, inputs),
            ("use", Metered(kind="alb-use", items=("capacity unit",), billed=f"capacity units (LCU) an hour{traffic}")),
        )
    )


def _instance(inputs: Inputs) -> Item:
    edition = text(inputs, "loadBalancerEdition")
    return Item(kind="alb", item=edition, billed=f"ALB instance {edition}")
