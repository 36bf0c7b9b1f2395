"""The base of what services on PAI-EAS run on, whatever it is bought as."""

from __future__ import annotations

from typing import ClassVar

from stacks.part import Part


class Bought(Part):
    """Capacity of which nobody here knows the machines nor the room; a subclass that knows says so."""

    more: ClassVar[str] = ""
    """The setting that buys more of it, where there is one."""

    def machine_types(self, gpus_per_replica: int) -> tuple[str, ...]:  # noqa: ARG002
        """The machine types that a replica may land on, in order; none where nobody knows. Raises CatalogError where no machine fits."""
        return ()

    def room(self, gpus_per_replica: int) -> int | None:  # noqa: ARG002
        """Replicas that run at once; None where nobody knows. Raises CatalogError where no machine fits."""
        return None
