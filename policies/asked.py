"""What the engine tells beside a resource's values: the stack's configuration, and which values are secret. `pulumi_policy` (1.21.0) drops
both (`ConfigureStack` keeps only tags, `Analyze` unwraps secrets); `analyzer.py` keeps them here for the adapter."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

from policies.model import Path

_config: dict[str, str] = {}
_secrets: ContextVar[frozenset[Path]] = ContextVar("secrets", default=frozenset())


def config() -> Mapping[str, str]:
    """Configuration of the stack that is looked at."""
    return dict(_config)


def configure(given: Mapping[str, str]) -> None:
    """Takes the place of the configuration before."""
    _config.clear()
    _config.update(given)


def secrets() -> frozenset[Path]:
    """Places of the secrets of the resource that is looked at."""
    return _secrets.get()


@contextmanager
def looking_at(properties: struct_pb2.Struct) -> Iterator[None]:
    """While one resource is looked at: its secrets are known."""
    token = _secrets.set(frozenset(secret_places(json_format.MessageToDict(properties))))
    try:
        yield
    finally:
        _secrets.reset(token)


def secret_places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Where a value off the wire holds secrets; below a secret everything is one."""
    if isinstance(value, dict):
        if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
            yield at
            return
        for key, one in value.items():
            yield from secret_places(one, (*at, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from secret_places(one, (*at, place))
