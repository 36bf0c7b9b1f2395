"""Whether catalogue and settings say that the plan works: engine, image, weights. No call: what only the cloud knows is left open."""

from __future__ import annotations

from fourways.catalog import CatalogError, images
from fourways.catalog.models import all_models
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Three lines. Whether instances of ECS can read their weights is looked at with the instances."""
    del cloud
    found = [_model(facts), _image(facts)]
    return found if facts.at == "instances" else [*found, _weights(facts)]


def _model(facts: Facts) -> Finding:
    """The engine serves the model, and a replica's GPUs hold it. What cannot load at all, the settings refuse."""
    known = all_models().get(facts.model)
    fit = "; ".join(text for _, text in facts.fits) or "whether a replica fits on its machine is not known"
    if known is None:
        todo = f"see that {facts.engine} {facts.version} serves it before buying machines"
        return cannot_tell("model", f"{facts.model} is not in the catalogue; {fit}", todo)
    least = known.engines.get(facts.engine)
    if least is None:
        todo = "see the model's card for the version it needs before buying machines"
        return cannot_tell("model", f"no source says which {facts.engine} serves {known.name}; {fit}", todo)
    if not facts.fits or any(level == "warn" for level, _ in facts.fits):
        todo = "see docs/fit.md; more GPUs (fourways:serving.replicas.gpus) or a smaller fourways:serving.engine.maxModelLen make room"
        return cannot_tell("model", fit, todo)
    return ok("model", f"{known.name} ({known.precision}): {facts.engine} {least} or later; {fit}")


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
