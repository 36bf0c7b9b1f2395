"""A call's parameters with the checks every service needs: required, whole numbers in a range, lists (`X.1`), maps (`X.1.Key`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.fakes.wire.errors import invalid, missing


class Parameters:
    """Query, form and path parameters in one flat mapping, and for REST calls the JSON `body`."""

    def __init__(self, flat: Mapping[str, str], body: Any = None) -> None:
        self.flat = flat
        self.body = body

    def __contains__(self, name: str) -> bool:
        return name in self.flat

    def get(self, name: str, default: str = "") -> str:
        """The value, or `default` when it is absent; blank stays blank."""
        return self.flat.get(name, default)

    def optional(self, name: str) -> str | None:
        """The value, or None when it is absent or blank."""
        return self.flat.get(name) or None

    def require(self, name: str) -> str:
        value = self.flat.get(name, "")
        if value == "":
            raise missing(name)
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self.flat.get(name) or default
        if value not in allowed:
            raise invalid(name, f"Valid values: {', '.join(allowed)}.")
        return value

    def integer(self, name: str, default: int | None = None, low: int | None = None, high: int | None = None) -> int:
        text = self.flat.get(name, "")
        if text == "":
            if default is None:
                raise missing(name)
            return default
        try:
            value = int(text)
        except ValueError:
            raise invalid(name, "It must be a whole number.") from None
        if (low is not None and value < low) or (high is not None and value > high):
            raise invalid(name, f"Valid values: {low} to {high}.")
        return value

    def boolean(self, name: str, default: bool = False) -> bool:
        text = self.flat.get(name, "").lower()
        if text in ("", "true", "false"):
            return default if text == "" else text == "true"
        raise invalid(name, "It must be true or false.")

    def like(self, name: str, value: Any, low: int | None = None, high: int | None = None) -> Any:
        """What is given in the place of `value`, of the same type (truth, whole number, text or list); `value` where nothing is."""
        if isinstance(value, list):
            return self.values(name) or value
        if name not in self.flat:
            return value
        if isinstance(value, bool):
            return self.boolean(name, value)
        return self.integer(name, value, low, high) if isinstance(value, int) else self.get(name)

    def values(self, name: str) -> list[str]:
        """`Name.1=a&Name.2=b` (or `Name=a`, or a JSON list) as a list, in the order of the numbers."""
        numbered = {int(key.removeprefix(f"{name}.")): value for key, value in self.flat.items() if key.removeprefix(f"{name}.").isdigit()}
        return [numbered[number] for number in sorted(numbered)]

    def records(self, name: str) -> list[dict[str, str]]:
        """`Name.1.Key=a&Name.1.Value=b` as a list of dicts, in the order of the numbers."""
        found: dict[int, dict[str, str]] = {}
        prefix = f"{name}."
        for key, value in self.flat.items():
            if key.startswith(prefix):
                number, dot, rest = key.removeprefix(prefix).partition(".")
                if dot and number.isdigit():
                    found.setdefault(int(number), {})[rest] = value
        return [found[number] for number in sorted(found)]

    def under(self, prefix: str) -> Parameters:
        """What is given as `prefix.X`, by the name X."""
        start = f"{prefix}."
        return Parameters({name.removeprefix(start): value for name, value in self.flat.items() if name.startswith(start)})

    def tags(self, name: str = "Tag") -> dict[str, str]:
        """`Tag.1.Key` / `Tag.1.Value` as a dict."""
        return {record["Key"]: record.get("Value", "") for record in self.records(name) if record.get("Key")}

    def page(self, items: list[Any], *, default_size: int = 10, largest: int = 100) -> tuple[list[Any], dict[str, int]]:
        """One page of `items`, and the PageNumber, PageSize and TotalCount that the answer carries."""
        number = self.integer("PageNumber", 1, 1, 1_000_000)
        size = self.integer("PageSize", default_size, 1, largest)
        start = (number - 1) * size
        return items[start : start + size], {"PageNumber": number, "PageSize": size, "TotalCount": len(items)}
