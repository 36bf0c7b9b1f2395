"""The steps of a boot that can fail: each says why it failed, or None. What they fetch they put into the machine's record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ecs.machines import permissions
from fourways.fakes.services.ecs.machines.machine import Machine
from fourways.fakes.wire.errors import CloudError

Step = Callable[[Scope, Instance, Machine], str | None]


def fetch_key(scope: Scope, instance: Instance, machine: Machine) -> str | None:
    """The API key, from KMS, by the instance's role; only the head of several machines needs it, for clients are there."""
    plan = machine.plan
    if not plan.secret or plan.rank:
        machine.key = plan.engine.key if plan.engine else ""
        return None
    region = plan.region or scope.region
    resource = f"acs:kms:{region}:{scope.account}:secret/{plan.secret}"
    why = permissions.refusal(scope, instance, "kms:GetSecretValue", resource)
    if why is not None:
        return why
    try:
        answer = replace(scope, region=region).ask("2016-01-20", "GetSecretValue", SecretName=plan.secret, RegionId=region)
    except CloudError as error:
        return f"{error.code}: {error.message}"
    machine.key = str(answer["SecretData"])
    return None


def fetch_weights(scope: Scope, instance: Instance, machine: Machine) -> str | None:
    """The weights, from OSS, by the instance's role: list the folder, then get what is in it.

    They are taken to be there. Seed `{"ecs": {"missing_weights": ["oss://bucket/folder/"]}}` names what is not, and `{"ecs":
    {"weights_from_oss": true}}` asks this fake's own OSS.
    """
    place = machine.plan.weights
    if not place:
        return None
    if not place.startswith("oss://"):
        return f"{place} is no oss:// address"
    bucket, _, folder = place.removeprefix("oss://").partition("/")
    for action, what in (("oss:ListObjects", bucket), ("oss:GetObject", f"{bucket}/{folder}config.json")):
        # No region stands in the names of buckets (help centre, "RAM policies of OSS").
        why = permissions.refusal(scope, instance, action, f"acs:oss:*:{scope.account}:{what}", {"oss:Prefix": folder})
        if why is not None:
            return why
    seed = scope.cloud.seed.get("ecs", {})
    missing = any(place.startswith(prefix) for prefix in seed.get("missing_weights", ()))
    if missing or (seed.get("weights_from_oss") and not _objects(scope, f"{bucket}/{folder}")):
        return f"NoSuchKey: The specified key does not exist ({place})"
    return None


def _objects(scope: Scope, prefix: str) -> list[str]:
    """Objects of the account, as `bucket/key`; which service keeps them is of no interest here."""
    rows = [row for backend in scope.cloud.backends_of(scope.account, "global") for row in backend.inventory()]
    return [str(row["id"]) for row in rows if row["kind"] == "oss-object" and str(row["id"]).startswith(prefix)]


def start_engine(scope: Scope, instance: Instance, machine: Machine) -> str | None:  # noqa: ARG001 - a step like the others
    """The engine finds its GPUs; the message is vLLM's (`config/parallel.py`), from memory: assumed."""
    unit, plan = machine.plan.engine, machine.plan
    if unit is None:
        return None if plan.rank else "no unit under /etc/systemd/system/ runs `vllm serve` or `sglang.launch_server`"
    there = max(1, instance.type.gpus) * plan.nodes
    if unit.gpus > there:
        return f"World size ({unit.gpus}) is larger than the number of available GPUs ({there}) in this node"
    return None


# In order. The first, `boot`, is cloud-init itself and cannot fail.
STEPS: dict[str, Step] = {"key": fetch_key, "weights": fetch_weights, "engine": start_engine}
