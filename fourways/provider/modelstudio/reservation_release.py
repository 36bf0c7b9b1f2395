"""Giving a reservation back: every capacity instance, then the model, each step waited for. In this order, or the cloud refuses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from fourways.provider.errors import NotReady
from fourways.provider.modelstudio.deployment_api import Answer, Deployments
from fourways.provider.modelstudio.deployment_waits import Waits
from fourways.provider.session import Session


class Release:
    """Of one reservation, within one wait."""

    def __init__(self, session: Session, api: Deployments, waits: Waits, model: str) -> None:
        self.session, self.api, self.waits, self.model = session, api, waits, model

    async def everything(self) -> None:
        """Until it is gone, and so no longer billed."""
        await self.instances(await self.api.instances(self.model))
        await self.delete_empty()

    async def instances(self, rows: Iterable[Answer]) -> None:
        """Until each is released."""
        for row in rows:
            await self._instance(str(row["instance_id"]))

    async def _instance(self, id_: str) -> None:
        await self.waits.change(self.api, self.model, partial(self.api.release_instance, self.model, id_), f"releasing {id_}")

        def released(found: Answer | None) -> bool:
            """`deleted` says it, and neither STOPPED nor a capacity of zero does."""
            return found is None or found.get("deleted") is True

        await self.waits.until(partial(self.api.instance, self.model, id_), released, f"releasing {id_}")

    async def delete_empty(self) -> None:
        """What has no instance any more: STOPPED, then gone."""

        def stopped(found: Answer | None) -> bool:
            if found is not None and found.get("status") == "FAILED":
                raise NotReady("it is FAILED, and has no capacity instance any more: delete it in the console")
            return found is None or found.get("status") in ("STOPPED", "DELETING")

        look = partial(self.api.get, self.model)
        if await self.waits.until(look, stopped, f"stopping {self.model}") is None:
            return
        await self.waits.change(self.api, self.model, self._delete, f"deleting {self.model}")
        await self.waits.until(look, lambda found: found is None, f"deleting {self.model}")

    async def _delete(self) -> None:
        await self.api.delete(self.model)
