"""pinned-images: containers run images from allowed registries, named by version or digest.

Why: whoever can push to a registry runs code on the GPUs and reads every prompt; an image named `latest` is another one after each restart.
How to mend: name a version (`engine.version`), or an image with its version or `@sha256:...` (`engine.image`), from an allowed registry.
Source: help centre, "Parameters of model services" (containers[].image); pulumi_alicloud 3.105.0 (eci.ContainerGroup and
ess.EciScalingConfiguration: containers[].image); names are read as docker does: what has no host is Docker Hub's. The engine's image of a
bare-metal stack is in its user data: it is read from `fourways:serving` instead. Which registries is a decision: config.yaml.
Needs known at preview: the images.
"""

import re
from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Properties, Resource, ResourceRule, child, has, matches, structured
from policies.reading import PAI_SERVICE, SERVICE, service_json

GROUPS = ("alicloud:eci/containerGroup:ContainerGroup", "alicloud:ess/eciScalingConfiguration:EciScalingConfiguration")
BOOTS = ("alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", "alicloud:ecs/instance:Instance")
"""Types whose user data starts the engine of a stack of ours."""
HUB = "docker.io"
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
MOVING = re.compile(r"latest|nightly|main|master|dev|edge|stable", re.IGNORECASE)
"""Tags that are moved from one image to the next, whatever is beside the word."""


class ImageParameters(Parameters):
    """Which registries."""

    registries: list[str] = Field(default=["*"], description="Hosts (with * and ?) that images may come from.")


def check(resource: Resource, parameters: ImageParameters) -> Iterator[str]:
    """A message for each image from elsewhere, and for each that is not pinned."""
    for where, image in images(resource):
        if not matches(host(image), parameters.registries):
            yield f"{where} is {image}, from {host(image)}: not one of {', '.join(parameters.registries)}"
        if not pinned(image):
            yield f"{where} is {image}: neither a version nor a digest says which image that is"


def images(resource: Resource) -> Iterator[tuple[str, str]]:
    """Where each image is named, and its name. An unknown one raises."""
    if resource.type in (SERVICE, PAI_SERVICE):
        yield from _containers(service_json(resource))
    elif resource.type in GROUPS:
        yield from _containers(resource.properties)
    elif resource.type in BOOTS:
        image = child(structured(resource, "serving"), "engine").get("image")
        if image:
            yield "engine.image", str(image)


def _containers(given: Properties) -> Iterator[tuple[str, str]]:
    for place, container in enumerate(given["containers"] if has(given, "containers") else ()):
        if has(container, "image"):
            yield f"containers[{place}].image", str(container["image"])


def host(image: str) -> str:
    """The registry's host."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else HUB


def pinned(image: str) -> bool:
    """Whether the name stands for one image: by its digest, or by a tag with a number in it that does not move."""
    if DIGEST.search(image):
        return True
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return bool(colon) and any(mark.isdigit() for mark in tag) and not MOVING.search(tag)


RULE = ResourceRule(
    name="pinned-images",
    description="Images are from allowed registries, and named by version or digest.",
    mend="set engine.version, or engine.image to an image with a version or digest in an allowed registry.",
    parameters=ImageParameters,
    check=check,
    needs={SERVICE: ("config.containers",), PAI_SERVICE: ("serviceConfig",), GROUPS[0]: ("containers",), GROUPS[1]: ("containers",)},
)
