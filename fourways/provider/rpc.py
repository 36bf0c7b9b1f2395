"""How RPC calls of a product are made, with the retries that each of them allows.

Reads and idempotent changes are tried again whatever went wrong; a create only when it surely did not happen.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from fourways.cloud import answers, clients
from fourways.provider import retries
from fourways.provider.session import Session

Answer = dict[str, Any]
#: Raises CloudError for an answer that came and does not say what was asked for: it is then treated like an answer that was lost.
Expect = Callable[[Answer], object]


class RpcCalls:
    """One product in one region. Every method raises CloudError; answers are the API's JSON objects."""

    #: The endpoint's first label and the version of the API.
    product: ClassVar[str]
    version: ClassVar[str]

    def __init__(self, session: Session, region: str, *, patient: bool = True) -> None:
        """`patient` false: nothing is tried again, for what only decorates a message and must not hold a wait up."""
        self.session, self.region, self.patient = session, region, patient

    async def again(self, action: str, request: Mapping[str, Any], *, expect: Expect | None = None, secret: bool = False) -> Answer | None:
        """For reads and for changes that are the same when done twice; None for a 404. `secret`: in the body, since what is in the query
        is in the log of every proxy."""
        return await retries.again(self.session, lambda: self._call(action, request, expect, secret), patient=self.patient)

    async def once(self, action: str, request: Mapping[str, Any], *, expect: Expect | None = None, secret: bool = False) -> Answer:
        """For what must not be done twice."""
        return await retries.once(self.session, lambda: self._call(action, request, expect, secret))

    async def pages(
        self, action: str, request: Mapping[str, Any], *where: str, id_: str, size: int, names: tuple[str, str] = ("PageNumber", "PageSize")
    ) -> list[Answer]:
        """All pages of a list, by page number; none of a 404. `names` are those of the number and the size."""
        pages = answers.Pages(action, where, size, id_)
        for number in itertools.count(1):
            paged = {**request, names[0]: number, names[1]: size}
            answer = await self.again(action, paged, expect=lambda found: answers.listed(action, found, *where, id_=id_))
            if answer is None or not pages.take(answer):
                break
        return pages.rows

    async def token_pages(self, action: str, request: Mapping[str, Any], where: str, *, id_: str, size: int) -> list[Answer] | None:
        """All pages of a list, by NextToken; None of a 404."""
        rows: list[Answer] = []
        token = ""
        while True:
            paged = {**request, "MaxResults": size, "NextToken": token or None}
            answer = await self.again(action, paged, expect=lambda found: answers.listed(action, found, where, id_=id_))
            if answer is None:
                return None
            rows += answers.listed(action, answer, where, id_=id_)
            following = answers.text(answer.get("NextToken"))
            if not following:
                return rows
            if following == token:
                raise answers.unreadable(action, "the list repeats its page for ever")
            token = following

    async def _call(self, action: str, request: Mapping[str, Any], expect: Expect | None, secret: bool) -> Answer:
        answer = await self.session.call(self._blocking, action, request, secret)
        if expect is not None:
            expect(answer)
        return answer

    def _blocking(self, action: str, request: Mapping[str, Any], secret: bool) -> Answer:
        given, target = clients.flat(request), self.session.target
        parameters: dict[str, Any] = {"body": given} if secret else {"query": given}
        status, body = clients.send(self.product, self.version, action, self.region, target=target, **parameters)
        return answers.body_of(action, {"statusCode": status, "body": body})


def naming(action: str, field: str, name: str | None = None) -> Expect:
    """Expects the answer to name a thing in this field, and to name `name` where that is given."""

    def expect(answer: Answer) -> None:
        found = answers.text(answer.get(field))
        if not found:
            raise answers.unreadable(action, f"the answer has no {field}")
        if name is not None and found != name:
            raise answers.unreadable(action, "the answer is about another one")

    return expect
