"""Bringing a deployment about exactly once.

There is no promise of idempotency for a create. What makes it safe: the name carries the URN's hash, and so does the suffix of the deployed
model (two of one suffix are refused with Conflict). So it is looked for before, and after every answer that is no clear yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourways.cloud import name_marks, ownership
from fourways.cloud.errors import CloudError
from fourways.provider.errors import NotReady, ProviderError, explain
from fourways.provider.modelstudio.deployment_api import Answer, Deployments

#: Seconds before each look after a create without a clear answer, 30 s in all: how far lists lag is not documented (assumed).
LOOK_AGAIN = (1.0, 3.0, 6.0, 10.0, 10.0)
SUFFIX_DIGITS = 8
TRIES = 4


@dataclass(frozen=True, kw_only=True)
class Born:
    """A deployment that is there. `adopted`: an earlier run left it."""

    answer: Answer
    adopted: bool

    @property
    def model(self) -> str:
        return str(self.answer["deployed_model"])


def suffixes(urn: str, declared: str | None) -> tuple[str, ...]:
    """The suffixes to try: the declared one, or two from the URN's hash."""
    whole = ownership.urn_hash(urn)
    return (declared,) if declared else (whole[:SUFFIX_DIGITS], whole[SUFFIX_DIGITS:])


class Birth:
    """Creates of one plan (ptu or mu), for one resource."""

    def __init__(self, api: Deployments, plan: str, urn: str, region: str, subject: str) -> None:
        self.api, self.plan, self.urn, self.region, self.subject = api, plan, urn, region, subject

    async def bring_about(
        self, rows: Sequence[Answer], body: Mapping[str, Any], suffix: str | None, usable: Callable[[Answer], bool]
    ) -> Born:
        """Makes it, or takes over what a cut-off run left among `rows`, which are ours.

        `usable(row)` says whether one may be taken over; one that may not is passed by, or `usable` raises ProviderError. Raises
        ProviderError when nothing was made or it cannot be known.
        """
        if (found := self._left_behind(rows, usable)) is not None:
            return Born(answer=found, adopted=True)
        before = {str(row.get("deployed_model")) for row in rows}
        choices = suffixes(self.urn, suffix)
        taken = 0
        for _ in range(TRIES):
            try:
                return Born(answer=await self.api.create({**body, "suffix": choices[taken]}), adopted=False)
            except CloudError as error:
                conflict = error.status == 409 and error.code == "Conflict"
                if not (error.may_have_happened or conflict):
                    raise explain("create", self.subject, error) from error
                last = error
            if (made := await self._look_for(before, last)) is not None:
                return Born(answer=made, adopted=False)
            if conflict:
                if not await self._is_seen(choices[taken]):
                    raise ProviderError(
                        f"{self.subject} may have been bought: a deployment of the suffix {choices[taken]} is there ({last}), and no list "
                        "shows it yet. Nothing more was bought. Run `pulumi up` again in a minute; if it stays, set the input suffix."
                    )
                taken += 1  # somebody else's, or one of ours that may not be taken over
                if taken == len(choices):
                    raise explain("create", self.subject, last) from last
        raise explain(
            "create", self.subject, last, f"{TRIES} tries, and no such deployment is to be seen. {last.hint() or 'Run it again.'}"
        )

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        return name_marks.carried(str(row.get("name") or ""), self.urn)

    async def _is_seen(self, suffix: str) -> bool:
        """Whether a deployment of that suffix is in the lists, so that it is known whose it is."""
        return any(str(row.get("deployed_model")).endswith(f"-{suffix}") for row in await self.api.of_plan(self.plan))

    async def rows(self) -> list[Answer]:
        """The deployments of ours that there are."""
        return [row for row in await self.api.of_plan(self.plan) if self._is_ours(row)]

    async def _look_for(self, before: set[str], last: CloudError) -> Answer | None:
        """The deployment of ours that was not there before, once lists show it."""
        try:
            for pause in LOOK_AGAIN:
                for row in await self.rows():
                    if str(row.get("deployed_model")) not in before:
                        return row
                await self.api.session.sleep(pause)
            return next((row for row in await self.rows() if str(row.get("deployed_model")) not in before), None)
        except (CloudError, NotReady) as error:
            raise ProviderError(
                f"{self.subject} may have been bought ({last}), and could not be looked for ({error}). "
                "Run `pulumi up` again: it is found by its name, and not bought twice."
            ) from error

    def _left_behind(self, rows: Sequence[Answer], usable: Callable[[Answer], bool]) -> Answer | None:
        for row in rows:
            model = str(row.get("deployed_model"))
            if f"{self.region}/{model}" in self.api.session.recorded.get(self.urn, ()):
                continue  # the state has it: this create replaces it
            if not usable(row):
                continue
            if self.urn in self.api.session.in_state:
                raise ProviderError(
                    f"cannot create {self.subject}: {model} in {self.region} belongs to this very resource, and is billed. Nothing was "
                    "created. If it is being replaced on request, set the option deleteBeforeReplace."
                )
            return row
        return None
