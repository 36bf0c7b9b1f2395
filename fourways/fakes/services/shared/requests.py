"""Client tokens, dry runs, filters and token paging: the habits that Alibaba Cloud's RPC APIs share."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.shared.resources import ResourceType
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.parameters import Parameters

_PER_CALL = {"SignatureNonce", "Timestamp", "Signature", "ClientToken"}
_REMEMBERED = 10_000


class Remembered:
    """What was answered to whom: what is asked again in the same words under the same key has its effect once.

    Of what was asked only a digest is kept, since passwords are among it and the state is written to disk.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}

    def answer(self, key: tuple[str, str], digest: str, create: Callable[[], dict[str, Any]], mismatch: CloudError) -> dict[str, Any]:
        """The answer of `create`, or of the earlier call; raises `mismatch` when that was asked in other words."""
        known = self._answers.get(key)
        if known is not None:
            if known[0] != digest:
                raise mismatch
            return known[1]
        answer = create()
        self._answers[key] = (digest, answer)
        while len(self._answers) > _REMEMBERED:
            del self._answers[next(iter(self._answers))]
        return answer


class ClientTokens(Remembered):
    """What was answered to which client token of an RPC call."""

    def once(self, call: Call, create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer of `create`, or of the earlier call; raises 400 when the token comes with other parameters."""
        token = call.parameters.optional("ClientToken")
        if token is None:
            return create()
        said = sorted((name, value) for name, value in call.parameters.flat.items() if name not in _PER_CALL)
        mismatch = CloudError(400, "IdempotentParameterMismatch", "The request uses a client token of an earlier, different request.")
        return self.answer((call.action, token), hashlib.sha256(json.dumps(said).encode()).hexdigest(), create, mismatch)


def refuse_dry_run(parameters: Parameters) -> None:
    """To be called after all checks and before the effect: a dry run ends here, with the error that means success."""
    if parameters.boolean("DryRun"):
        raise CloudError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")


def ids_of(parameters: Parameters, name: str) -> list[str]:
    """Ids given as `Name.1`, as a JSON list or separated by commas."""
    listed = parameters.values(name)
    text = parameters.get(name)
    if listed or not text:
        return listed
    if text.lstrip().startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except ValueError:
            raise CloudError(400, f"Invalid{name}.Malformed", f"The specified parameter {name} is not a valid JSON list.") from None
    return text.split(",")


def wanted_tags(parameters: Parameters) -> dict[str, str | None]:
    """`Tag.1.Key` and `Tag.1.Value` of a list call; a key without a value (None) matches any value."""
    return {record["Key"]: record.get("Value") for record in parameters.records("Tag") if record.get("Key")}


def has_tags(tags: dict[str, str], wanted: dict[str, str | None]) -> bool:
    return all(key in tags and value in (None, tags[key]) for key, value in wanted.items())


def select(items: Iterable[ResourceType], parameters: Parameters, **equal: Callable[[ResourceType], str]) -> list[ResourceType]:
    """Those that carry the wanted tags and resource group, and whose value by `equal[Name]` is the parameter `Name`, where it is given."""
    tags = wanted_tags(parameters)
    group = parameters.optional("ResourceGroupId")
    chosen = [(value, get) for name, get in equal.items() if (value := parameters.optional(name)) is not None]
    return [
        item
        for item in items
        if has_tags(item.tags, tags) and group in (None, item.resource_group) and all(get(item) == value for value, get in chosen)
    ]


def token_page(items: list[Any], parameters: Parameters, *, default_size: int = 10, largest: int = 100) -> tuple[list[Any], dict[str, str]]:
    """One page by `NextToken` and `MaxResults`, and the `NextToken` of the next one where there is one."""
    size = parameters.integer("MaxResults", default_size, 1, largest)
    start = _offset(parameters.get("NextToken"))
    following = {"NextToken": base64.b64encode(str(start + size).encode()).decode()} if start + size < len(items) else {}
    return items[start : start + size], following


def _offset(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode()) if token else 0
    except ValueError:
        raise CloudError(400, "InvalidNextToken", "The specified parameter NextToken is not valid.") from None


def any_page(items: list[Any], parameters: Parameters) -> tuple[list[Any], dict[str, Any]]:
    """One page by whichever of the two ways the caller asks for: `MaxResults` and `NextToken`, or `PageNumber` and `PageSize`."""
    if parameters.optional("MaxResults") or parameters.optional("NextToken"):
        page, following = token_page(items, parameters)
        return page, {"TotalCount": len(items), **following}
    return parameters.page(items)
