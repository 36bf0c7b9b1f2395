"""Pulumi's property values as plain Python data, with the paths of what is secret kept beside it.

Unknown values of a preview become UNKNOWN. `pulumi.provider.experimental` 3.259.0 leaves them as a sentinel string (and cannot write
`Computed`), so the sentinel is handled here. Integral floats become int: the wire has floats only, the service JSON has both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

Path = tuple[str | int, ...]
Plain = Any
"""None, bool, int, float, str, UNKNOWN, or lists and str-keyed dicts of them."""


class _Unknown:
    """A value that only the deployment will tell."""

    def __repr__(self) -> str:
        return "<known after the deployment>"


UNKNOWN: Final = _Unknown()
#: How the engine writes an unknown value, by type (pulumi/sdk 3.259.0, go/common/resource/plugin/rpc.go).
_SENTINELS = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


@dataclass(frozen=True, kw_only=True)
class Properties:
    """A property map: plain data, and the paths whose values are secret."""

    plain: dict[str, Plain] = field(default_factory=dict)
    secrets: frozenset[Path] = frozenset()

    def secret_texts(self) -> set[str]:
        """Every secret string in it, for redaction."""
        found: set[str] = set()
        for path in self.secrets:
            _texts(at(self.plain, path), found)
        return found


def decode(values: Mapping[str, PropertyValue]) -> Properties:
    """Plain data and secret paths of a property map. Null-valued keys of maps are dropped: for Pulumi they are absent."""
    secrets: set[Path] = set()
    plain = _decode_map(values, (), secrets)
    return Properties(plain=plain, secrets=frozenset(secrets))


def encode(properties: Properties) -> dict[str, PropertyValue]:
    """The inverse of `decode`; secret paths that are not there are ignored. UNKNOWN becomes the engine's sentinel."""
    return {key: _encode(value, (key,), properties.secrets) for key, value in properties.plain.items() if value is not None}


def is_unknown(value: Plain) -> bool:
    return value is UNKNOWN


def contains_unknown(value: Plain) -> bool:
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def at(value: Plain, path: Path) -> Plain:
    """The value at a path, None where there is nothing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def path_text(path: Iterable[str | int]) -> str:
    """A property path as the engine writes it: `config.containers[0].image`, `labels["a.b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(mark in step for mark in '."[]'):
            text += '["' + step.replace('"', '\\"') + '"]'
        else:
            text += f".{step}" if text else step
    return text


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` without any of the secrets (longest first, so that none survives inside another)."""
    for secret in sorted({secret for secret in secrets if len(secret) >= 3}, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text


def _decode_map(values: Mapping[str, PropertyValue], path: Path, secrets: set[Path]) -> dict[str, Plain]:
    found = {}
    for key, item in values.items():
        value = _decode(item, (*path, key), secrets)
        if value is not None:
            found[key] = value
    return found


def _decode(item: PropertyValue, path: Path, secrets: set[Path]) -> Plain:
    if item.is_secret:
        secrets.add(path)
    value = item.value
    if isinstance(value, Computed) or (isinstance(value, str) and value in _SENTINELS):
        return UNKNOWN
    if isinstance(value, Mapping):
        return _decode_map(value, path, secrets)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_decode(entry, (*path, index), secrets) for index, entry in enumerate(value)]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _encode(value: Plain, path: Path, secrets: frozenset[Path]) -> PropertyValue:
    if value is UNKNOWN:
        made = PropertyValue(rpc.UNKNOWN)
    elif isinstance(value, Mapping):
        made = PropertyValue({key: _encode(item, (*path, key), secrets) for key, item in value.items() if item is not None})
    elif isinstance(value, list | tuple):
        made = PropertyValue([_encode(item, (*path, index), secrets) for index, item in enumerate(value)])
    elif isinstance(value, int) and not isinstance(value, bool):
        made = PropertyValue(float(value))
    else:
        made = PropertyValue(value)
    return made.with_secret(True) if path in secrets else made


def _texts(value: Plain, found: set[str]) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _texts(item, found)
    elif isinstance(value, list):
        for item in value:
            _texts(item, found)
    elif isinstance(value, str):
        found.add(value)
