"""The typed inputs of Model Studio's model units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import StrictBool, StrictInt

from fourways.provider.inputs import Text, declared
from fourways.provider.modelstudio.deployment_access import DeploymentInputs
from fourways.provider.outcome import Failure
from fourways.provider.values import Plain


class ModelUnitInputs(DeploymentInputs):
    """Inputs of `fourways:modelstudio:ModelUnitDeployment`. Specs, templates and multiples: GET /deployments/models."""

    spec: Text = declared("a model unit's spec that the region offers for this model, such as MU1", replaces=True)
    units: StrictInt = declared("a whole number of units, a multiple of the template's base", ge=1)
    template_id: Text | None = declared(
        "a deployment template of the model; left out, the first that fits spec and roles", default=None, replaces=True, sticky=True
    )
    prefill_units: StrictInt | None = declared("units of the prefill role, for separated templates", default=None, ge=1)
    decode_units: StrictInt | None = declared("units of the decode role, for separated templates", default=None, ge=1)
    max_context_length: StrictInt | None = declared("tokens of context", default=None, replaces=True, sticky=True, ge=1)
    enable_thinking: StrictBool | None = declared("true or false", default=None, replaces=True, sticky=True)
    rpm_limit: StrictInt | None = declared("requests a minute", default=None, sticky=True, ge=1)
    tpm_limit: StrictInt | None = declared("tokens a minute", default=None, sticky=True, ge=1)

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Roles come together, and make up the units."""
        yield from super().failures(inputs)
        prefill, decode, units = (inputs.get(name) for name in ("prefillUnits", "decodeUnits", "units"))
        if (prefill is None) != (decode is None):
            missing = "prefillUnits" if prefill is None else "decodeUnits"
            yield Failure(property=missing, reason="prefillUnits and decodeUnits are given together, or not at all.")
        elif isinstance(prefill, int) and isinstance(decode, int) and isinstance(units, int) and prefill + decode != units:
            yield Failure(
                property="units", reason=f"{units} is not allowed. Allowed: {prefill + decode}, prefillUnits and decodeUnits together."
            )
