"""What the command line of vLLM or SGLang says: names that the model answers to, longest context, requests at once."""

from __future__ import annotations

import shlex

from fourways.fakes.services.shared.completions import Engine

_MODEL_OPTIONS = ("--model", "--model-path")
_LENGTH_OPTIONS = ("--max-model-len", "--context-length")
_REQUESTS_OPTIONS = ("--max-num-seqs", "--max-running-requests")
DEFAULT_CONTEXT = 1_048_576  # tokens; engines take it from the model, which the fake does not read


def read(words: list[str], fallback: str) -> Engine:
    """Without --served-model-name both engines answer to the model's path as it was given; without one, `fallback` is the name."""
    served = values(words, ("--served-model-name",))
    path = values(words, _MODEL_OPTIONS)[:1] or _positional(words)
    length = values(words, _LENGTH_OPTIONS)
    requests = values(words, _REQUESTS_OPTIONS)
    return Engine(
        tuple(served or path or [fallback]),
        number(length[0]) or DEFAULT_CONTEXT if length else DEFAULT_CONTEXT,
        number(requests[0]) if requests else None,
    )


def split(text: str) -> list[str]:
    """The words of a command as a shell splits them, continued lines joined."""
    try:
        return shlex.split(text.replace("\\\n", " ").replace("\n", " "))
    except ValueError:  # an unclosed quote: a shell script that is not read here
        return text.split()


def values(words: list[str], options: tuple[str, ...]) -> list[str]:
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


def number(text: str) -> int | None:
    """`32768`, or with vLLM's suffixes: k is 1000, K is 1024, and so m and M."""
    scale = {"k": 1000, "K": 1024, "m": 10**6, "M": 2**20}.get(text[-1:], 1)
    digits = text[:-1] if scale != 1 else text
    try:
        return int(float(digits) * scale)
    except ValueError:
        return None


def _positional(words: list[str]) -> list[str]:
    """The model of `vllm serve MODEL`."""
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first.endswith("vllm") and second == "serve" and not third.startswith("-"):
            return [third]
    return []
