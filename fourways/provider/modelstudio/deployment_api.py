"""The calls of /api/v1/deployments that the provider makes, with the retries each of them allows.

Source: help centre, "Throughput reservation API reference" and "Model deployment API". Reads are tried again whatever went wrong. So are
changes of what exists: a request id makes them idempotent, and all tries of one change carry the same. A create is tried again only when
it surely did not happen: no request id is promised to make it idempotent.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from fourways.cloud import answers
from fourways.cloud.dashscope import DashScope
from fourways.cloud.dashscope_errors import DashScopeError
from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.session import Session

Answer = dict[str, Any]

BASE = "/api/v1/deployments"
PAGE_SIZE = 100
#: Refused for now like a throttled call, but trying again at once makes no capacity.
NO_CAPACITY = "Throttling.AllocationQuota"
CONFLICT = "CAPACITY_INSTANCE_OPERATION_CONFLICT"


class Deployments:
    """Deployments behind one host and key. Every method raises CloudError; answers are the objects under `output`."""

    def __init__(self, session: Session, client: DashScope, *, patient: bool = True) -> None:
        """`patient` false: nothing is tried again, for what only looks ahead."""
        self.session, self._client, self._patient = session, client, patient

    # both plans

    async def create(self, body: Mapping[str, Any]) -> Answer:
        """CreateDeployment. One try, unless it surely did not happen."""
        answer = await self._tries("CreateDeployment", "POST", BASE, body=body, request_id=str(uuid.uuid4()), retry_unknown=False)
        if not answers.text(answer.get("deployed_model")):
            raise DashScopeError("CreateDeployment", outcome=Outcome.UNKNOWN, message="the answer names no deployed_model")
        return answer

    async def get(self, model: str) -> Answer | None:
        """GetDeployment; None when there is none."""
        return await self._if_there("GetDeployment", _path(model))

    async def of_plan(self, plan: str) -> list[Answer]:
        """ListDeployments, all pages of a plan (ptu or mu)."""
        return await self._pages("ListDeployments", BASE, "deployments", "total", plan=plan)

    async def delete(self, model: str) -> None:
        """DeleteDeployment. Not there is success."""
        await self._gone_is_fine(self._change("DeleteDeployment", "DELETE", _path(model)))

    # plan ptu

    async def instances(self, model: str) -> list[Answer]:
        """ListCapacityInstances, all pages, without those that are released."""
        path = _path(model, "capacity-instances")
        found = await self._pages("ListCapacityInstances", path, "records", "items", include_deleted="false")
        return [row for row in found if row.get("deleted") is not True]

    async def instance(self, model: str, id_: str) -> Answer | None:
        """GetCapacityInstance: a released one too; None when there is none."""
        return await self._if_there("GetCapacityInstance", _path(model, "capacity-instances", id_))

    async def operation(self, model: str, id_: str) -> Answer | None:
        """GetCapacityOperation; None when there is none."""
        return await self._if_there("GetCapacityOperation", _path(model, "capacity-operations", id_))

    async def add_instance(self, model: str, body: Mapping[str, Any]) -> Answer:
        """CreateCapacityInstance: its operation."""
        return await self._change("CreateCapacityInstance", "POST", _path(model, "capacity-instances"), body)

    async def scale_instance(self, model: str, id_: str, body: Mapping[str, Any]) -> Answer:
        """ScaleCapacityInstance: its operation."""
        return await self._change("ScaleCapacityInstance", "PUT", _path(model, "capacity-instances", id_, "scale"), body)

    async def renew_instance(self, model: str, id_: str, body: Mapping[str, Any]) -> Answer:
        """RenewCapacityInstance: its operation."""
        return await self._change("RenewCapacityInstance", "PUT", _path(model, "capacity-instances", id_, "renew"), body)

    async def release_instance(self, model: str, id_: str) -> Answer | None:
        """DeleteCapacityInstance: its operation; None when it is gone already."""
        return await self._gone_is_fine(self._change("DeleteCapacityInstance", "DELETE", _path(model, "capacity-instances", id_)))

    async def set_overflow(self, model: str, on: bool) -> None:
        """UpdateOverflowStrategy."""
        body = {"overflow_strategy": "enable" if on else "disable"}
        await self._change("UpdateOverflowStrategy", "PUT", _path(model, "update-overflowstrategy"), body)

    # plan mu

    async def models(self, source: str) -> list[Answer]:
        """ListDeployableModels of a source (base or custom), all pages."""
        return await self._pages("ListDeployableModels", f"{BASE}/models", "models", "total", version="v1.0", model_source=source)

    async def scale(self, model: str, body: Mapping[str, Any]) -> Answer:
        """ScaleDeployment to absolute numbers of units."""
        return await self._change("ScaleDeployment", "PUT", _path(model, "scale"), body)

    async def set_limits(self, model: str, body: Mapping[str, Any]) -> Answer:
        """UpdateDeployment: rpm_limit, tpm_limit."""
        return await self._change("UpdateDeployment", "PUT", _path(model, "update"), body)

    # how

    async def _if_there(self, action: str, path: str) -> Answer | None:
        return await self._gone_is_fine(self._tries(action, "GET", path))

    async def _gone_is_fine(self, work: Any) -> Answer | None:
        try:
            found: Answer = await work
        except CloudError as error:
            if error.outcome is not Outcome.NOT_FOUND:
                raise
            return None
        return found

    async def _change(self, action: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        return await self._tries(action, method, path, body=body, request_id=str(uuid.uuid4()))

    async def _pages(self, action: str, path: str, where: str, count: str, **query: str) -> list[Answer]:
        rows: list[Answer] = []
        for number in itertools.count(1):
            answer = await self._tries(action, "GET", path, query={**query, "page_no": number, "page_size": PAGE_SIZE})
            page, total = answer.get(where), answers.whole(answer.get(count))
            if not isinstance(page, list) or total is None or not all(isinstance(row, dict) for row in page):
                raise DashScopeError(action, outcome=Outcome.UNKNOWN, message=f"the answer has no list under {where}")
            rows += page
            if len(rows) >= total:
                return rows
            if not page:  # fewer than it says there are: whoever took this for all would buy a second one
                raise DashScopeError(action, outcome=Outcome.UNKNOWN, message=f"the list ends after {len(rows)} of {total}")
        raise AssertionError("unreachable")

    async def _tries(
        self,
        action: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        retry_unknown: bool = True,
    ) -> Answer:
        call = partial(self._client.call, action, method, path, query=query, body=body, request_id=request_id)
        for attempt in itertools.count():
            try:
                return await self.session.call(call)
            except CloudError as error:
                again = error.outcome in {Outcome.THROTTLED, Outcome.UNSENT} or (retry_unknown and error.may_have_happened)
                if not again or not self._patient or error.code == NO_CAPACITY:
                    raise
                await self.session.before_retry(attempt, error)
        raise AssertionError("unreachable")


def _path(model: str, *parts: str) -> str:
    return "/".join((BASE, *(quote(part, safe="") for part in (model, *parts))))
