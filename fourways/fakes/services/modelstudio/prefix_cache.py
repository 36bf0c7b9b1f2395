"""A prefix cache. MADE UP: how the shared API caches is not published. What a prompt begins with, in whole blocks of tokens, is cached
once it was answered in the same workspace and model, until nobody has sent it for a while."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from fourways.fakes.services.modelstudio import catalogue
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.shared import tokens

_MOST = 20_000  # beginnings kept, so that the fake's memory is bounded


def beginnings(workspace: str, model: str, messages: Sequence[dict[str, Any]]) -> list[str]:
    """Digests of what the prompt begins with: its first block of tokens, its first two, and so on."""
    block = catalogue.smallest_prefix()
    pieces = [piece for message in messages for piece in (f"\0{message.get('role')}\0", *tokens.split(_text(message)))]
    digest, found = hashlib.sha256(f"{workspace}\0{model}".encode()), []
    for begin in range(0, len(pieces) - block + 1, block):
        digest.update("\1".join(pieces[begin : begin + block]).encode())
        found.append(digest.hexdigest())
    return found


def cached_tokens(backend: ModelStudioBackend, names: Sequence[str]) -> int:
    """How many tokens of a prompt with these beginnings are cached."""
    now = backend.scope.clock.now()
    known = [backend.prefixes.get(name, 0.0) > now for name in names]
    return catalogue.smallest_prefix() * (known.index(False) if False in known else len(known))


def keep(backend: ModelStudioBackend, names: Sequence[str]) -> None:
    """Cache them from now on; those that were not used for longest are forgotten first."""
    until = backend.scope.clock.now() + catalogue.cache_seconds()
    for name in names:
        backend.prefixes.pop(name, None)
        backend.prefixes[name] = until
    while len(backend.prefixes) > _MOST:
        del backend.prefixes[next(iter(backend.prefixes))]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return "".join(str(part.get("text", "")) for part in content) if isinstance(content, list) else str(content)
