"""The console output of an instance: what its boot wrote, for the error of a machine that does not serve."""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

from fourways.cloud import answers
from fourways.cloud.errors import CloudError
from fourways.provider.errors import NotReady
from fourways.provider.last_lines import bounded, without_telltales
from fourways.provider.rpc import RpcCalls
from fourways.provider.session import Session


class ConsoleCalls(RpcCalls):
    """Reads that only decorate a message: nothing is tried again, and what cannot be had is left out."""

    product: ClassVar[str] = "ecs"
    version: ClassVar[str] = "2014-05-26"

    def __init__(self, session: Session, region: str) -> None:
        super().__init__(session, region, patient=False)

    async def last_lines(self, instance: str) -> list[str]:
        """The last lines of the console output (GetInstanceConsoleOutput: base64), without secrets; none where there are none."""
        try:
            answer = await self.again("GetInstanceConsoleOutput", {"InstanceId": instance, "RemoveSymbols": True})
        except (CloudError, NotReady):
            return []
        try:
            text = base64.b64decode(answers.text((answer or {}).get("ConsoleOutput")), validate=True).decode("utf-8", "replace")
        except binascii.Error:
            return []
        return [without_telltales(line) for line in bounded([text], self.session.secrets)]

    async def shown(self, instance: str) -> str:
        """The same under a heading, as the end of a message; empty where there is nothing."""
        lines = await self.last_lines(instance)
        return "\n    ".join([f"\nlast lines of the console of {instance}:", *lines]) if lines else ""
