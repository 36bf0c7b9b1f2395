"""What a service's command says about its engine: names that the model answers to, longest context, requests at once."""

from __future__ import annotations

import shlex
from typing import Any

from fourways.fakes.services.shared.completions import Engine

_MODEL_OPTIONS = ("--model", "--model-path")
_LENGTH_OPTIONS = ("--max-model-len", "--context-length")
_REQUESTS_OPTIONS = ("--max-num-seqs", "--max-running-requests")
DEFAULT_CONTEXT = 1_048_576  # tokens; engines take it from the model, which the fake does not read


def read(config: dict[str, Any], service_name: str) -> Engine:
    """Options of vLLM and SGLang. Without --served-model-name both engines answer to the model's path as it was given."""
    containers = config.get("containers") or [{}]
    text = containers[0].get("command") or containers[0].get("script") or ""
    words = _words(text if isinstance(text, str) else " ".join(map(str, text)))
    served = _values(words, ("--served-model-name",))
    path = _values(words, _MODEL_OPTIONS)[:1] or _positional(words)
    length = _values(words, _LENGTH_OPTIONS)
    requests = _values(words, _REQUESTS_OPTIONS)
    return Engine(
        tuple(served or path or [service_name]),
        _number(length[0]) or DEFAULT_CONTEXT if length else DEFAULT_CONTEXT,
        _number(requests[0]) if requests else None,
    )


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text.replace("\\\n", " ").replace("\n", " "))
    except ValueError:  # an unclosed quote: a shell script that is not read here
        return text.split()


def _values(words: list[str], options: tuple[str, ...]) -> list[str]:
    """Everything after the option up to the next one; also `--option=value`."""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in options and equals:
            return [value]
        if word in options:
            found = []
            for following in words[index + 1 :]:
                if following.startswith("-") or following in ("&&", ";", "|"):
                    break
                found.append(following)
            return found
    return []


def _positional(words: list[str]) -> list[str]:
    """The model of `vllm serve MODEL`."""
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first.endswith("vllm") and second == "serve" and not third.startswith("-"):
            return [third]
    return []


def _number(text: str) -> int | None:
    """`32768`, or with vLLM's suffixes: k is 1000, K is 1024, and so m and M."""
    scale = {"k": 1000, "K": 1024, "m": 10**6, "M": 2**20}.get(text[-1:], 1)
    digits = text[:-1] if scale != 1 else text
    try:
        return int(float(digits) * scale)
    except ValueError:
        return None
