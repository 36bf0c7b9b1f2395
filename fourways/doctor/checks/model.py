"""Whether catalogue and settings say that the plan works: engine, image, weights. No call: what only the cloud knows is left open."""

from __future__ import annotations

from fourways.catalog import CatalogError, images
from fourways.catalog.models import all_models
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok

DOUBT = 2
"""Assumed: an assumed size of weights may be wrong by this factor."""


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Three lines."""
    del cloud
    return [_model(facts), _image(facts), _weights(facts)]


def _model(facts: Facts) -> Finding:
    """The engine serves the model, and a replica's GPUs hold its weights."""
    known = all_models().get(facts.model)
    size = f"{facts.weights_gib:g} GiB of weights" if facts.weights_gib is not None else "weights of unknown size"
    size += f" on {facts.room_gib:.0f} GiB" if facts.room_gib is not None else " on machines of unknown memory"
    if facts.weights_gib is not None and facts.room_gib is not None and facts.weights_gib > facts.room_gib:
        return not_ok("model", size, "give a replica more GPUs (fourways:serving.replicas.gpus)")
    if known is None:
        todo = f"see that {facts.engine} {facts.version} serves it before buying machines"
        return cannot_tell("model", f"{facts.model} is not in the catalogue; {size}", todo)
    least = known.engines.get(facts.engine)
    if least is None:
        todo = "see the model's card for the version it needs before buying machines"
        return cannot_tell("model", f"no source says which {facts.engine} serves {known.name}; {size}", todo)
    if facts.room_gib is None:
        return cannot_tell("model", size, "see the machine type's GPU memory, and that it holds the weights and room for requests")
    if known.assumed and facts.weights_gib is not None and facts.weights_gib * DOUBT > facts.room_gib:
        return cannot_tell("model", f"{size} (assumed: {known.why})", "see how large the weights are: `ossutil du` of their folder")
    return ok("model", f"{known.name} ({known.precision}): {facts.engine} {least} or later; {size}{' (assumed)' if known.assumed else ''}")


def _image(facts: Facts) -> Finding:
    """The catalogue's image of the engine, or the one that the stack names."""
    look = "see that the tag is there: the image list of the region in the PAI console"
    if facts.image is not None:
        return cannot_tell("image", f"{facts.image}, named by the stack", look)
    try:
        image = images.image(facts.engine, facts.version, facts.region)
    except CatalogError as error:
        return not_ok("image", str(error), "name one in fourways:serving.engine.image")
    row = next(row for row in images.all_images() if (row.engine, row.version) == (facts.engine, facts.version))
    if row.assumed:
        return cannot_tell("image", f"{image} is assumed: {row.why}", look)
    return ok("image", f"{image} ({row.source}, read {row.read_on})")


def _weights(facts: Facts) -> Finding:
    """Neither OSS nor NAS is asked: they are no part of the stack."""
    look = f"`ossutil ls {facts.weights}`" if facts.weights.startswith("oss://") else "from a machine that mounts them"
    return cannot_tell("weights", f"{facts.weights} was not looked at", f"see that they are there: {look}")
