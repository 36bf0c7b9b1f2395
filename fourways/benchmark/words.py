"""The words that synthetic prompts are made of: one token each, so that a prompt's length is exact without running a tokenizer.

`words.txt` has 2,048 words of the vocabulary that the `dashscope` package carries (qwen.tiktoken), each of which is a single token both
at the start of a text and after a space. A test counts prompts with that tokenizer. The list does not depend on what is installed, so a
seed gives the same workload everywhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

COUNTED_BY = "qwen.tiktoken (dashscope 2.0.2), chat template not counted"


@cache
def words() -> tuple[str, ...]:
    """All words, sorted."""
    return tuple((Path(__file__).parent / "words.txt").read_text().split())


def is_exact_for(model: str) -> bool:
    """Whether the vocabulary is the model's own. For any other model the length is an approximation, and results say so."""
    return model.lower().rsplit("/", 1)[-1].startswith(("qwen", "qwq"))
