"""What a deployment of model units says, as requests, inputs and outputs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import answers, name_marks
from fourways.provider.modelstudio import unit_templates
from fourways.provider.modelstudio.deployment_api import Answer
from fourways.provider.modelstudio.unit_templates import Template
from fourways.provider.values import Plain

#: Our inputs and the fields that answer to them, beside the units.
LIMITS = {"rpmLimit": "rpm_limit", "tpmLimit": "tpm_limit"}
SETTINGS = {"maxContextLength": "max_context_length", "enableThinking": "enable_thinking", **LIMITS}
ROLES = {"prefillUnits": "prefill_capacity", "decodeUnits": "decode_capacity"}


def order(inputs: Mapping[str, Plain], chosen: Template, urn: str) -> dict[str, Any]:
    """The body of the create, without suffix."""
    given = {field: inputs[name] for name, field in SETTINGS.items() if inputs.get(name) is not None}
    return {
        "name": name_marks.write(str(inputs["name"]), urn),
        "model_name": inputs["model"],
        "plan": "mu",
        "deploy_spec": chosen.id,
        "billing_method": "POST_PAY",
        **unit_templates.capacity(inputs, chosen.separated),
        **given,
    }


def units(row: Mapping[str, Any]) -> dict[str, Plain]:
    """How many units there are, by the names of our inputs."""
    found: dict[str, Plain] = {"units": answers.whole(row.get("capacity"))}
    return found | {name: answers.whole(row[field]) for name, field in ROLES.items() if row.get(field) is not None}


def wanted(inputs: Mapping[str, Plain]) -> dict[str, Plain]:
    """How many units there should be, in the form of `units`."""
    return {name: inputs[name] for name in ("units", *ROLES) if inputs.get(name) is not None}


def limits_that_differ(inputs: Mapping[str, Plain], row: Mapping[str, Any]) -> dict[str, Any]:
    """The body that sets the declared limits; empty where all are as declared. What is not declared stays."""
    given = {field: inputs[name] for name, field in LIMITS.items() if inputs.get(name) is not None}
    return given if any(answers.whole(row.get(field)) != value for field, value in given.items()) else {}


def read_inputs(region: str, found: Mapping[str, Plain], row: Answer) -> dict[str, Plain]:
    """The inputs as they are now. `found` are those in the state, empty at an import."""
    now = units(row)
    now |= {
        name: row[field] for name, field in SETTINGS.items() if row.get(field) is not None and (not found or found.get(name) is not None)
    }
    if not found:
        now |= {
            "name": name_marks.read(str(row.get("name") or row["deployed_model"]))[0],
            "region": region,
            "model": row.get("model_name"),
            "spec": row.get("model_unit_spec") or row.get("deploy_spec"),
            "templateId": row.get("deploy_spec"),
        }
    return {**found, **{name: value for name, value in now.items() if value is not None}}


def outputs(inputs: Mapping[str, Plain], row: Answer, *, account: str, target: str) -> dict[str, Plain]:
    """All outputs: the inputs, and what the cloud says."""
    return {
        **inputs,
        "deployedModel": str(row["deployed_model"]),
        "status": answers.text(row.get("status")) or "UNKNOWN",
        "readyUnits": answers.whole(row.get("ready_capacity")) or 0,
        "baseUnits": answers.whole(row.get("base_capacity")) or 0,
        "account": account,
        "target": target,
    }
