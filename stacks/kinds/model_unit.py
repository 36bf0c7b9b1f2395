"""Kind `model-unit` on dedicated EAS machines: the model on Model Units that a resource group is made of, served by PAI-EAS."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from fourways.catalog.models import all_models
from fourways.catalog.units import MachineLayout, all_units, machines_for
from stacks.checks import capacity as capacities
from stacks.checks import engine as engines
from stacks.checks import place as places
from stacks.kinds.kind import NAME, Check, Kind
from stacks.part import Part


class ModelChoice(Part):
    """Which model, and where its weights lie: exactly one of `weights` and `gallery`."""

    id: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$", description="the model's id; clients send it as `model`, e.g. deepseek-v4-flash"
    )
    weights: str | None = Field(
        default=None,
        pattern=r"^oss://[a-z0-9][a-z0-9-]{1,61}[a-z0-9]/([^\s]*/)?$",
        description='an OSS folder that ends in a slash, e.g. "oss://bucket/deepseek-v4-flash/"',
    )
    gallery: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][A-Za-z0-9._/-]*/$",
        description='a folder of the Model Gallery\'s bucket of the region that ends in a slash, e.g. "modelscope/models/qwen2-0.5b/main/"',
    )
    weights_gib: float | None = Field(
        default=None, gt=0, description="size of the weights in GiB; needed where the catalogue does not have the model"
    )

    @property
    def size_gib(self) -> float | None:
        """Size of the weights in GiB as given, else as catalogued; None where nobody knows it."""
        known = all_models().get(self.id)
        return self.weights_gib if self.weights_gib is not None else known.weights_gib if known else None


class Capacity(Part):
    """What is bought. Units are turned into machines by the catalogue."""

    source: Literal["eas-resource-group", "eas-quota"] = Field(
        description="eas-resource-group (dedicated EAS machines) or model-studio (run by Model Studio)"
    )
    units: int = Field(ge=1, le=800, description="whole units, 1-800")
    spec: str = Field(description=f"one of {', '.join(all_units())}")
    charge_type: Literal["PostPaid", "PrePaid"] = Field(default="PostPaid", description="PostPaid (by the hour) or PrePaid (a term)")
    adopt: str | None = Field(
        default=None,
        pattern=r"^eas-r-[a-z0-9]+$",
        description="the id of a resource group that exists (eas-r-...), to run on instead of buying one",
    )
    system_disk_size: int = Field(default=200, ge=200, le=2000, description="GiB of system disk a machine, 200-2000")

    def machines(self, gpus_per_replica: int) -> MachineLayout:
        """The machines that make up the units. Raises CatalogError where none hold such replicas."""
        return machines_for(self.spec, self.units, gpus_per_replica)


class Replicas(Part):
    """What runs on the capacity: `count` copies of the model on `gpus` GPUs each."""

    count: int = Field(ge=1, le=1000, description="copies of the model, 1-1000")
    gpus: int = Field(ge=1, le=8, description="GPUs of one copy, 1-8: a replica does not span machines")


class Engine(Part):
    """The inference engine and how it splits and stores the model."""

    name: Literal["vllm", "sglang"] = Field(description="vllm or sglang")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+([.a-z0-9+-]*)$", description='a version in quotes, e.g. "0.20.0"')
    image: str | None = Field(
        default=None, pattern=r"^\S+:\S+$", description="a container image with a tag, where the catalogue has none of this version"
    )
    tensor_parallel: int = Field(default=1, ge=1, le=8, description="GPUs that share each layer, 1-8")
    pipeline_parallel: int = Field(default=1, ge=1, le=8, description="stages of layers, 1-8")
    quantization: str | None = Field(default=None, pattern=r"^[a-z0-9_-]+$", description="the engine's name of a quantization, e.g. fp8")
    kv_cache_dtype: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$", description="the engine's name of a type, e.g. auto or fp8")
    max_model_len: int | None = Field(default=None, ge=1, description="tokens of prompt and answer together, 1 or more")
    gpu_memory_fraction: float = Field(default=0.9, gt=0, le=1, description="share of GPU memory for weights and cache, above 0 up to 1")
    extra_arguments: tuple[str, ...] = Field(default=(), description='a list of texts, one an argument, e.g. ["--enable-expert-parallel"]')


class Access(Part):
    """Who reaches the endpoint. The token is always checked; `public` adds the Internet address of the region's shared gateway."""

    public: bool = Field(default=False, description="true or false")
    allow: tuple[str, ...] = Field(default=(), description="nothing yet: the shared gateway has no list of allowed addresses")


class ModelUnitServing(Kind):
    """The model on Model Units bought as dedicated EAS machines, served by PAI-EAS."""

    checks: ClassVar[tuple[Check, ...]] = (
        places.there_is_a_network,
        capacities.source_is_available,
        capacities.units_make_machines,
        capacities.surge_has_room,
        capacities.parallelism_fits,
        engines.weights_are_somewhere,
        capacities.model_fits_in_memory,
        engines.engine_serves_the_model,
        engines.engine_has_an_image,
        engines.arguments_are_extra,
        engines.allow_list_is_enforceable,
        engines.name_leaves_room,
        capacities.benchmark_is_not_prepaid,
    )

    kind: Literal["model-unit"]
    name: str = Field(
        pattern=NAME,
        description="the service's name, unique in its region: 3-63 lower-case letters, digits, underscores",
    )
    model: ModelChoice = Field(description="a mapping with id and weights or gallery")
    capacity: Capacity = Field(description="a mapping with source, units and spec")
    replicas: Replicas = Field(description="a mapping with count and gpus")
    engine: Engine = Field(description="a mapping with name and version")
    update: Literal["in-place", "surge"] = Field(
        default="in-place", description="in-place (the endpoint is down meanwhile) or surge (needs spare units)"
    )
    on_update_failure: Literal["rollback", "keep"] = Field(
        default="rollback", description="rollback (to the version that ran before) or keep (the failed version, to be looked at)"
    )
    access: Access = Field(default=Access(), description="a mapping with public")
    workspace: str | None = Field(default=None, pattern=r"^[0-9]+$", description='the id of a PAI workspace in quotes, e.g. "123456"')
