"""How calls of EAS are made, with the retries that each of them allows. SDK: alibabacloud-eas20210701 7.0.0, API 2021-07-01.

Reads and idempotent changes are tried again whatever went wrong; a create is tried again only when it surely did not happen.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from fourways.cloud import answers, clients
from fourways.cloud.errors import invoke
from fourways.provider import retries
from fourways.provider.session import Session

Answer = dict[str, Any]
#: Raises CloudError for an answer that came and does not say what was asked for: it is then treated like an answer that was lost.
Expect = Callable[[Answer], object]

PAGE_SIZE = 100


class Calls:
    """EAS in one region. Every method raises CloudError; answers are the API's JSON objects."""

    def __init__(self, session: Session, region: str, *, patient: bool = True) -> None:
        """`patient` false: nothing is tried again, for what only decorates a message and must not hold a wait up."""
        self.session, self.region, self.patient = session, region, patient

    async def pages(
        self, action: str, method: str, model: str, request: Mapping[str, Any], key: str, *path: str, id_: str | None = None
    ) -> list[Answer]:
        """All pages of a list; none of a 404. Raises CloudError for a list that cannot be read whole."""
        pages = answers.Pages(action, (key,), PAGE_SIZE, id_)
        for number in itertools.count(1):
            paged = {**request, "page_number": number, "page_size": PAGE_SIZE}
            answer = await self.again(action, method, model, paged, *path, expect=lambda found: answers.listed(action, found, key, id_=id_))
            if answer is None or not pages.take(answer):
                break
        return pages.rows

    async def again(
        self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, *path: str, expect: Expect | None = None
    ) -> Answer | None:
        """For reads and for changes that are the same when done twice; None for a 404."""
        return await retries.again(self.session, lambda: self._call(action, method, model, request, path, expect), patient=self.patient)

    async def once(
        self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, *path: str, expect: Expect | None = None
    ) -> Answer:
        """For what must not be done twice."""
        return await retries.once(self.session, lambda: self._call(action, method, model, request, path, expect))

    async def _call(
        self,
        action: str,
        method: str,
        model: str | None,
        request: Mapping[str, Any] | None,
        path: tuple[str, ...],
        expect: Expect | None,
    ) -> Answer:
        answer = await self.session.call(self._blocking, action, method, model, request, path)
        if expect is not None:
            expect(answer)
        return answer

    def _blocking(self, action: str, method: str, model: str | None, request: Mapping[str, Any] | None, path: tuple[str, ...]) -> Answer:
        from alibabacloud_eas20210701 import models  # importing it takes 0.4 s

        client = clients.eas_client(self.region, target=self.session.target)
        arguments: list[Any] = [*path]
        if model is not None:
            arguments.append(getattr(models, model)(**{key: value for key, value in (request or {}).items() if value is not None}))
        return answers.body_of(action, invoke(action, getattr(client, method), *arguments))


def naming(action: str, fields: tuple[str, ...], name: str | None = None) -> Expect:
    """Expects the answer to name a thing in one of these fields, and to name `name` where that is given."""

    def expect(answer: Answer) -> None:
        named = [answers.text(answer.get(field)) for field in fields]
        if not any(named):
            raise answers.unreadable(action, f"the answer has no {' and no '.join(fields)}")
        if name is not None and name not in named:
            raise answers.unreadable(action, "the answer is about another one")

    return expect


def rows(answer: Answer | None, key: str) -> list[Answer]:
    """The objects of a list that only decorates a message: what cannot be read of it is left out."""
    entries = (answer or {}).get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def as_json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
