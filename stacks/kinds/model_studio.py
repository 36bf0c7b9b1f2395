"""What the kinds at Model Studio have in common: the workspace, the stack's own key and the limits of what is called with it.

Facts: the SDK alibabacloud-modelstudio20260210 2.2.3 (CreateApiKey, UpdateModelLimits).
"""

from __future__ import annotations

from pydantic import Field

from stacks.part import Part

OWN, DEFAULT = "own", "default"


class StudioModel(Part):
    """Which model of Model Studio's. Its weights are the platform's."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$", description="the model's id at Model Studio, e.g. deepseek-v4-flash")


class KmsSecret(Part):
    """Where the key's value is handed over to, so that applications read no stack output."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9_/+=.@-]{1,192}$", description="the name of a generic KMS secret of the region, which exists already"
    )


class Key(Part):
    """The stack's own API key: whence it may be used, for what, and when it is renewed."""

    allowed_ips: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="a list of 1-20 addresses or ranges that may use the key, e.g. [203.0.113.0/24]; left out: from anywhere",
    )
    models: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="a list of the models that the key opens; left out: the stack's model alone"
    )
    rotation: str | None = Field(
        default=None, min_length=1, max_length=100, description='any text in quotes, e.g. "2026-11": changed, it gives the key a new value'
    )
    overlap: bool = Field(default=False, description="true (a rotation keeps the old value valid until the next one) or false")
    kms_secret: KmsSecret | None = Field(
        default=None, description="a mapping with name: a KMS secret that exists, into which each new value is put"
    )


class Limits(Part):
    """The most that the workspace may ask of the model. At least one of the two."""

    rpm: int | None = Field(default=None, ge=1, description="requests a minute, 1 or more")
    tpm: int | None = Field(default=None, ge=1, description="tokens a minute, 1 or more")


WORKSPACE = Field(
    default=OWN,
    pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$",
    description="own (made for this stack), default (the region's default one) or the id of one that exists, e.g. llm-abc123",
)
