"""What is asked: prompts and answer lengths, a function of the workload's settings, its seed and the run's id and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from fourways.benchmark.words import words

#: Words in which a prompt differs from each other prompt, first of all: 2,048 ** 4 of them, so that no prefix cache meets one again.
NONCE_TOKENS = 4
#: Words in the text that prompts are cut from; a cut costs microseconds, where drawing 2,048 words would hold up the event loop.
_STREAM_WORDS = 1 << 16


class WorkloadError(ValueError):
    """A workload that cannot be: the message says what is allowed."""


@dataclass(frozen=True)
class Length:
    """A number of tokens, uniform from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 1 <= self.low <= self.high:
            raise WorkloadError(f"a length is a number of tokens from 1 on or a range such as 512-2048, not {self}")

    @classmethod
    def parse(cls, text: str) -> Length:
        """From `1024` or `512-2048`. Raises WorkloadError."""
        low, _, high = text.partition("-")
        try:
            return cls(int(low), int(high or low))
        except ValueError:
            raise WorkloadError(f"a length is a number of tokens from 1 on or a range such as 512-2048, not {text!r}") from None

    def draw(self, chance: random.Random) -> int:
        return chance.randint(self.low, self.high)

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True)
class Ask:
    """One request: the prompt, its length as our tokenizer counts it, and the tokens of the answer."""

    index: int
    prompt: str
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, kw_only=True)
class Workload:
    """`prefix_share` of each prompt's tokens come from one of `prefixes` shared beginnings; 0 shares nothing. `run` is new for each run,
    so that a second run with the same seed meets no prompt of the first in a prefix cache; to repeat prompts to the letter, give it."""

    input: Length = Length(2048, 2048)
    output: Length = Length(1024, 1024)
    prefix_share: float = 0.0
    prefixes: int = 1
    seed: int = 0
    run: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.prefix_share < 1:
            raise WorkloadError(f"the shared part of a prompt is a share from 0 to less than 1, not {self.prefix_share}")
        if self.prefixes < 1:
            raise WorkloadError(f"there is at least one shared prefix, not {self.prefixes}")
        shortest = self.input.low - round(self.input.low * self.prefix_share)
        if shortest < NONCE_TOKENS:
            raise WorkloadError(f"a prompt has at least {NONCE_TOKENS} tokens of its own: {shortest} are left of {self.input.low}")

    def asks(self, part: str) -> Iterator[Ask]:
        """Requests without end. `part` names the point (and the machine, where several share one), so that no two parts ask alike."""
        stream = _Stream(random.Random(f"{self.seed}/text"))
        # The length and order of requests follow from seed and part alone; only what makes them unique also follows from the run.
        chance, unique = random.Random(f"{self.seed}/{part}"), random.Random(f"{self.seed}/{self.run}/{part}")
        shared = [self._prefix(stream, number) for number in range(self.prefixes)] if self.prefix_share else []
        for index in _count():
            size, answer = self.input.draw(chance), self.output.draw(chance)
            common = round(size * self.prefix_share)
            begin = [shared[chance.randrange(self.prefixes)][:common]] if common else []
            nonce = [unique.choice(words()) for _ in range(NONCE_TOKENS)]
            rest = stream.cut(chance, size - common - NONCE_TOKENS)
            text = " ".join([*(word for part in begin for word in part), *nonce]) + rest
            yield Ask(index, text, size, answer)

    def _prefix(self, stream: _Stream, number: int) -> list[str]:
        """A shared beginning, the longest that a prompt may need. The run is in its first words: what an earlier run cached is not met."""
        unique = random.Random(f"{self.seed}/{self.run}/prefix {number}")
        nonce = [unique.choice(words()) for _ in range(NONCE_TOKENS)]
        return [*nonce, *stream.cut(unique, round(self.input.high * self.prefix_share)).split()]

    def as_dict(self) -> dict[str, Any]:
        """For results: `workload_from` makes it again."""
        return {**asdict(self), "input": str(self.input), "output": str(self.output)}


def workload_from(data: dict[str, Any]) -> Workload:
    """The workload that results state."""
    return Workload(**{**data, "input": Length.parse(data["input"]), "output": Length.parse(data["output"])})


class _Stream:
    """A long text of single-token words, to cut pieces of an exact number of words from."""

    def __init__(self, chance: random.Random) -> None:
        self._words = chance.choices(words(), k=_STREAM_WORDS)
        self._text = "".join(f" {word}" for word in self._words) * 2
        self._starts = [0]
        for word in self._words * 2:
            self._starts.append(self._starts[-1] + 1 + len(word))

    def cut(self, chance: random.Random, count: int) -> str:
        """`count` words, each after a space."""
        pieces = []
        while count > 0:
            begin, size = chance.randrange(_STREAM_WORDS), min(count, _STREAM_WORDS)
            pieces.append(self._text[self._starts[begin] : self._starts[begin + size]])
            count -= size
        return "".join(pieces)


def _count() -> Iterator[int]:
    index = 0
    while True:
        yield index
        index += 1
