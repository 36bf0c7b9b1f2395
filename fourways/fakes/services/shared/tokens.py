"""A stand-in for a tokenizer: close to the usual four characters a token, and the same every time.

Rules: a run of letters or digits is cut into pieces of at most four characters, each taking the space before it along; every other
character that is not a space (punctuation, and each CJK character) is a token of its own. Real tokenizers differ by some ten percent.
"""

from __future__ import annotations

import re

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PIECE = re.compile(rf"\s*(?:[{_CJK}]|[^\W{_CJK}]{{1,4}}|[^\w\s])|\s+$")
MESSAGE_OVERHEAD = 4  # tokens that a chat template adds to a message (assumed)


def split(text: str) -> list[str]:
    """The tokens of a text; joined they are the text again."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    return len(split(text))


_ANSWER = split(" This answer was made up by the fake cloud: no model has read the question, and none wrote this text.")


def answer(length: int) -> list[str]:
    """The first `length` tokens of an endless made-up answer."""
    found = [_ANSWER[index % len(_ANSWER)] for index in range(length)]
    return [found[0].lstrip(), *found[1:]] if found else []
