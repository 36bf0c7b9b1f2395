"""What an update changes in the bill: two estimates side by side."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fourways.costs.model import Estimate, Row, Total, totals

Kind = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource before and after; a side that does not exist is None."""

    urn: str
    kind: Kind
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The side to name it by: the later one that exists."""
        found = self.after or self.before
        assert found is not None, "a change has at least one side"
        return found


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All changes, and the sums of each currency before, after, and their difference."""

    changes: tuple[Change, ...]
    before: tuple[Total, ...]
    after: tuple[Total, ...]
    delta: tuple[Total, ...]
    committed: tuple[Total, ...] = ()
    """By how much what is bought for a term changes: it does not end with the stack. Empty where neither side has any."""

    @property
    def changed(self) -> tuple[Change, ...]:
        """Without what stays as it is."""
        return tuple(change for change in self.changes if change.kind != "same")

    @property
    def incomplete(self) -> bool:
        """Whether something on either side has no known price: then the difference is not all there is."""
        return any(side is not None and side.status == "unknown" for change in self.changes for side in (change.before, change.after))


def difference(before: Estimate, after: Estimate) -> Difference:
    """From one estimate to another, in the order of the second."""
    old = {(row.urn, row.part): row for row in before.rows}
    new = {(row.urn, row.part): row for row in after.rows}
    changes = [Change(urn=row.urn, kind=_kind(old.get(key), row), before=old.get(key), after=row) for key, row in new.items()]
    changes += [Change(urn=row.urn, kind="removed", before=row, after=None) for key, row in old.items() if key not in new]
    sums_before, sums_after = totals(before.rows), totals(after.rows)
    return Difference(
        changes=tuple(changes),
        before=sums_before,
        after=sums_after,
        delta=_delta(sums_before, sums_after),
        committed=_delta(before.committed, after.committed),
    )


def _kind(before: Row | None, after: Row) -> Kind:
    if before is None:
        return "added"
    said, says = ((row.status, row.billed, row.hourly, row.most_hourly, row.currency) for row in (before, after))
    return "same" if said == says else "changed"


def _delta(before: tuple[Total, ...], after: tuple[Total, ...]) -> tuple[Total, ...]:
    old = {total.currency: total for total in before}
    new = {total.currency: total for total in after}
    zero = Decimal(0)
    return tuple(
        Total(
            currency=currency,
            hourly=(new[currency].hourly if currency in new else zero) - (old[currency].hourly if currency in old else zero),
            monthly=(new[currency].monthly if currency in new else zero) - (old[currency].monthly if currency in old else zero),
        )
        for currency in sorted({*old, *new})
    )
