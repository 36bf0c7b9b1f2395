"""What a service on PAI-EAS runs: the model, and where its weights lie. Any model: data, no code.

Facts: help centre, "Configure storage mounts for EAS services" and "Configure the EAS RAM role".
"""

from __future__ import annotations

from pydantic import Field

from stacks.kinds.sized_model import SizedModel
from stacks.part import Part

DEFAULT_ROLE = "default"
"""PAI's own role, which opens the workspace's bucket alone."""


class NasFolder(Part):
    """A folder of a NAS file system with a mount target that the stack's vSwitches reach."""

    server: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{3,252}$",
        description="the domain name of a NAS mount target, e.g. 0123abc-x.ap-southeast-1.nas.aliyuncs.com",
    )
    path: str = Field(pattern=r"^/\S*$", description="a folder that begins with a slash, e.g. /models/qwen3-8b/")


class CpfsFolder(Part):
    """A folder of a CPFS file system. Mounted only where the service runs on a Lingjun quota."""

    file_system: str = Field(pattern=r"^[a-z0-9-]{3,64}$", description="the id of a CPFS file system, e.g. bmcpfs-0123abc")
    path: str = Field(pattern=r"^/\S*$", description="a folder that begins with a slash, e.g. /models/qwen3-8b/")


class ModelChoice(SizedModel):
    """Which model, and where its weights lie: exactly one of `weights`, `gallery`, `nas` and `cpfs`."""

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
    nas: NasFolder | None = Field(default=None, description="a mapping with server and path")
    cpfs: CpfsFolder | None = Field(default=None, description="a mapping with fileSystem and path")
    ram_role: str | None = Field(
        default=None,
        pattern=r"^(default|acs:ram::[0-9]{8,20}:role/[A-Za-z0-9._-]{1,64})$",
        description="default (PAI's role, for the workspace's own bucket) or the ARN of a role that may read the weights, "
        "e.g. acs:ram::1234567890123456:role/read-models",
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """The places of the weights that are given; a stack that can be used has one."""
        return tuple(name for name in ("weights", "gallery", "nas", "cpfs") if getattr(self, name) is not None)

    def folder(self, region: str) -> str | None:
        """The OSS folder of the weights; None where they lie elsewhere. The Model Gallery has one public bucket a region, as in the
        examples of the PAI SDK (InputUri of CreateTrainingJob)."""
        return f"oss://pai-quickstart-{region}/{self.gallery}" if self.gallery is not None else self.weights
