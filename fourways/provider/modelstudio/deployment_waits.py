"""Waiting for deployments and their operations, with what the cloud says as status. HTTP 200 can carry FAILED: that ends the wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fourways.cloud import answers
from fourways.cloud.errors import CloudError
from fourways.provider.errors import NotReady
from fourways.provider.modelstudio.deployment_api import CONFLICT, Answer, Deployments
from fourways.provider.pauses import Pauses
from fourways.provider.session import Session

#: Seconds for a create, a change or a delete; a real deployment takes 5 to 10 minutes (help centre, "Model deployment").
TIMEOUT = 30 * 60.0


class OperationFailed(NotReady):
    """The cloud accepted a change and then failed it: nothing of it has happened."""


class Waits(Pauses):
    """The waits of one operation on one deployment, all of them within `timeout` seconds together."""

    def __init__(self, session: Session, urn: str, timeout: float) -> None:
        super().__init__(session, urn, timeout or TIMEOUT)

    async def until(self, look: Callable[[], Awaitable[Answer | None]], done: Callable[[Answer | None], bool], what: str) -> Answer | None:
        """Looks until `done`, which raises NotReady for what will never be."""
        while not done(found := await look()):
            await self.pause(f"{what}: {answers.text((found or {}).get('status')) or 'not to be seen'}")
        return found

    async def change(self, api: Deployments, model: str, ask: Callable[[], Awaitable[Answer | None]], what: str) -> None:
        """Asks for a change and waits for its operation. Another change that is under way is waited for first. Raises
        OperationFailed with the operation's error, CloudError when it was refused."""
        while True:
            try:
                answer = await ask()
                break
            except CloudError as error:
                if error.code != CONFLICT:
                    raise
                await self.pause(f"{what}: waits for another change ({error.message})")
        await self.operation(api, model, answer, what)

    async def operation(self, api: Deployments, model: str, answer: Answer | None, what: str) -> None:
        """Waits for the operation that an answer tells of; none is nothing to wait for. Raises OperationFailed."""
        id_ = answers.text((answer or {}).get("operation_id"))
        # The first answer of a create is a deployment, which has no operation_status.
        if id_ and "operation_status" not in (answer or {}):
            answer = await api.operation(model, id_)
        while answer is not None and id_:
            status = answer.get("operation_status")
            if status == "SUCCEEDED":
                return
            if status == "FAILED":
                code, said = answers.text(answer.get("error_code")), answers.text(answer.get("error_message"))
                reason = ": ".join(part for part in (code, said) if part) or "the cloud gives no reason"
                raise OperationFailed(f"{what} failed: {reason} (operation {id_})")
            await self.pause(f"{what}: {answers.text(answer.get('current_status')) or answers.text(status) or 'no status'}")
            answer = await api.operation(model, id_)
