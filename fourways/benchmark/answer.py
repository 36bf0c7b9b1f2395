"""One answer as it is read: what of it is stamped, counted and called an error. Pure: bytes and times are given."""

from __future__ import annotations

from typing import Any

from fourways.benchmark.samples import Sample
from fourways.benchmark.sse import Event, Parser

#: Characters kept of what an endpoint says about an error.
DETAIL = 300


class Answer:
    """Fills in a sample: `take` for each read, `settle` at the end of the body."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self._parser = Parser()
        self._pieces: list[str] = []
        self._usage: dict[str, Any] = {}
        self._finish: str | None = None
        self._fault: Exception | None = None

    def take(self, data: bytes, stamp: int) -> None:
        """Bytes that were read at `stamp`. An event has the time of the read that completed it. Never raises: `settle` does."""
        sample = self._sample
        try:
            for event in self._parser.feed(data):
                if event.text:
                    sample.chunks.append(stamp)
                    self._pieces.append(event.text)
                elif event.error:
                    sample.error, sample.detail = error_event(event)
                self._usage, self._finish = event.usage or self._usage, event.finish or self._finish
                if event.done:
                    sample.ended = stamp
        except (ValueError, TypeError, AttributeError) as error:
            self._fault = self._fault or error

    def settle(self, stamp: int, *, ignore_eos: bool) -> None:
        """What follows from the server's last words, the body having ended at `stamp`: tokens, and whether the answer was cut short.

        Raises ValueError, TypeError or AttributeError for what is no chat completion.
        """
        if self._fault is not None:
            raise self._fault
        sample, made = self._sample, self._usage.get("completion_tokens")
        sample.ended = sample.ended or stamp
        sample.prompt_tokens = int(self._usage.get("prompt_tokens") or 0)
        sample.cached_tokens = int((self._usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        sample.count = "usage" if made is not None else "chunks"
        sample.output_tokens = int(made) if made is not None else len(sample.chunks)
        sample.text = "" if made is not None else "".join(self._pieces)
        if sample.error:
            return
        short, finish = made is not None and sample.output_tokens < sample.wanted_output, self._finish
        if not sample.chunks or finish is None or (short and (ignore_eos or finish == "length")):
            sample.error = "short_output"
            sample.detail = f"{sample.output_tokens} of {sample.wanted_output} tokens, finish_reason {finish}"
        sample.stopped = short and finish == "stop"


def classed(status: int) -> str:
    """The error class of a status that is not 200."""
    return "429" if status == 429 else "5xx" if status >= 500 else "other"


def error_event(event: Event) -> tuple[str, str]:
    """Class and text of an error that comes inside a stream, whose status was 200."""
    code = event.error.get("code") if isinstance(event.error, dict) else None
    return classed(code) if isinstance(code, int) else "other", str(event.error)[:DETAIL]
