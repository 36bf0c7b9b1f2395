"""The JSON body of a call: fields by name, with the checks that they have in common. Raises CloudError 400 InvalidParameter."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.deployments import errors, terms
from fourways.fakes.services.deployments.records import Capacity, Term


class Body:
    """An object of a JSON body; `inside` is the name under which it stands in another."""

    def __init__(self, data: Any, inside: str = "") -> None:
        if not isinstance(data, dict):
            raise errors.bad(inside or "body", "it must be a JSON object.")
        self._data = data
        self._inside = f"{inside}." if inside else ""

    def __contains__(self, name: str) -> bool:
        return self._data.get(name) is not None

    def bad(self, name: str, detail: str) -> Exception:
        return errors.bad(self._inside + name, detail)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._data.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value:
            raise self.bad(name, "it is required, and must be a text.")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise self.bad(name, f"{value!r}; valid values: {', '.join(allowed)}.")
        return value

    def whole(self, name: str, least: int = 1) -> int:
        value = self._data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.bad(name, f"it must be a whole number of at least {least}.")
        return value

    def optional_whole(self, name: str) -> int | None:
        return self.whole(name) if name in self else None

    def truth(self, name: str, default: bool) -> bool:
        value = self._data.get(name, default)
        if not isinstance(value, bool):
            raise self.bad(name, "it must be true or false.")
        return value

    def optional_truth(self, name: str) -> bool | None:
        return self.truth(name, False) if name in self else None

    def inner(self, name: str) -> Body:
        if name not in self:
            raise self.bad(name, "it is required.")
        return Body(self._data[name], self._inside + name)

    def refuse(self, name: str, why: str) -> None:
        if name in self:
            raise self.bad(name, why)

    def suffix(self) -> str | None:
        """At most 8 characters (of plan ptu too: assumed), letters, digits and hyphens (assumed)."""
        if "suffix" not in self:
            return None
        value = self.text("suffix")
        if len(value) > 8 or not value.replace("-", "").isalnum() or not value.isascii():
            raise self.bad("suffix", "at most 8 letters, digits and hyphens.")
        return value

    def capacity(self) -> Capacity:
        given = self.inner("ptu_capacity")
        return Capacity(given.whole("input_tpm"), given.whole("output_tpm"))

    def term(self) -> Term:
        """`pre_paid_info`. Renewal is on where nothing is said of it."""
        given = self.inner("pre_paid_info")
        duration = given.days("duration")
        again = given.days("auto_renewal_duration") if "auto_renewal_duration" in given else duration
        given.choice("auto_renewal_cycle", ("Day",), "Day")
        return Term(duration, given.truth("auto_renewal", True), again)

    def days(self, name: str) -> int:
        value = self.whole(name)
        if not terms.is_legal(value):
            raise self.bad(name, f"{value} days; valid: {terms.legal()}.")
        return value
