"""Plain data: what exists, and what is left over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from fourways.cloud import ownership
from fourways.cloud.ownership import Ownership


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing in the cloud. `kind` names its file in `kinds/`; `id` is the cloud's own; `created` is None where the cloud does not say.
    `price` is (amount an hour, currency), None where it is not known."""

    kind: str
    id: str
    name: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)
    created: datetime | None = None
    price: tuple[Decimal, str] | None = None
    free: bool = False
    metered: bool = False
    """Billed by what is in it or asked of it, and nothing by the hour."""
    going: bool = False
    """Being deleted now: asked for, and not gone yet."""
    held: str = ""
    """Why no call can delete it now; empty where one can."""
    parts: tuple[str, ...] = ()
    """Ids of what must be deleted with it, such as the machines of a resource group."""
    described: str = ""
    """A description, which may hold the mark that a short name has no room for."""
    key: int = 0
    """Which of the cloud's Model Studio keys shows it (`Cloud.key_workspaces`)."""
    by: str = "tag"
    """What says whose it is: tag, or name."""

    @property
    def owner(self) -> Ownership:
        """What the tags say."""
        return ownership.parse(self.tags)


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """A thing that is expired, or in no state. `kept` says why it must not be deleted; empty when it may be."""

    found: Found
    how: tuple[str, ...]
    reasons: tuple[str, ...]
    kept: str = ""

    @property
    def deletable(self) -> bool:
        """Whether `delete` will touch it."""
        return not self.kept
