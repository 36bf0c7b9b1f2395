"""One connection to the endpoint, and one request after another on it."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter_ns
from typing import Any

import aiohttp

from fourways.benchmark import wire
from fourways.benchmark.answer import DETAIL, Answer, classed
from fourways.benchmark.retries import Retry, pause, seconds_of
from fourways.benchmark.samples import Sample
from fourways.benchmark.target import Target
from fourways.benchmark.workload import Ask

#: Of an answer served beyond the reservation; reference: Model Studio, PTU.
OVERFLOW_HEADER = "x-dashscope-ptu-overflow"
_rest = asyncio.sleep


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How requests are made. `timeout`: seconds for a whole request. `ignore_eos`: ask for answers of the full length (vLLM, SGLang)."""

    timeout: float = 600.0
    retry: Retry = Retry.none
    ignore_eos: bool = True
    extra: dict[str, Any] = field(default_factory=dict)


class Lane:
    """A connection of its own; `ask` fills in a sample and never raises for what an endpoint does wrong."""

    def __init__(self, target: Target, tls: Any, manner: Manner, chance: random.Random) -> None:
        self._target, self._manner, self._chance = target, manner, chance
        self._url = f"{target.base_url}/chat/completions"
        self._session = wire.session(target, tls)

    async def open(self) -> None:
        """Connect, with a request that costs nothing. What it is answered does not matter here: the first request says what is wrong."""
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self._session.get(f"{self._target.base_url}/models") as response:
                await response.read()

    async def close(self) -> None:
        await self._session.close()

    async def ask(self, ask: Ask, sample: Sample) -> Sample:
        """Send until it is answered or no more attempt is due, even after the window has closed: the request was due inside."""
        body = encode(self._target.model, ask, self._manner)
        sample.wanted_input, sample.wanted_output = ask.input_tokens, ask.output_tokens
        while True:
            sample.attempts += 1
            retry_after = await self._attempt(body, sample)
            if sample.attempts == 1:
                sample.first_error = sample.error
            wait = pause(self._manner.retry, sample.error, sample.attempts, retry_after, self._chance) if sample.error else None
            # An answer that had begun is not asked for again: its tokens have been paid for.
            if wait is None or sample.chunks:
                return sample
            await _rest(wait)

    async def _attempt(self, body: bytes, sample: Sample) -> float | None:
        """One request. Returns what Retry-After asks for, in seconds."""
        sample.error, sample.detail, sample.ended = "", "", 0
        sample.sent = perf_counter_ns()
        sample.first_sent = sample.first_sent or sample.sent
        try:
            async with (
                asyncio.timeout(self._manner.timeout),
                self._session.post(self._url, data=body, trace_request_ctx=sample, allow_redirects=False) as response,
            ):
                assert isinstance(response, wire.StampedResponse)
                sample.status, sample.sent = response.status, response.sent
                if sample.attempts == 1:
                    sample.first_sent = sample.sent
                sample.overflow = response.headers.get(OVERFLOW_HEADER, "").lower() == "true"
                if response.status != 200:
                    sample.detail = (await response.content.read(DETAIL)).decode(errors="replace")
                    sample.error = classed(response.status)
                    return seconds_of(response.headers.get("retry-after"), datetime.now(UTC))
                answer = Answer(sample)
                await response.stamped.consume(response.content, answer.take)
                answer.settle(response.stamped.stamp, ignore_eos=self._manner.ignore_eos)
        except TimeoutError as error:  # aiohttp's own are of this class too: first, as some of them are ClientErrors as well
            sample.error, sample.detail = "timeout", type(error).__name__
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            sample.error, sample.detail = "connection", f"{type(error).__name__}: {error}"[:DETAIL]
        except aiohttp.ClientError as error:
            sample.error, sample.detail = "other", f"{type(error).__name__}: {error}"[:DETAIL]
        except (ValueError, TypeError, AttributeError) as error:
            sample.error, sample.detail = "other", f"the answer is no chat completion ({type(error).__name__}: {error})"[:DETAIL]
        finally:
            if sample.chunks:
                sample.first, sample.last = sample.chunks[0], sample.chunks[-1]
            sample.ended = sample.ended or perf_counter_ns()
        return None


def encode(model: str, ask: Ask, manner: Manner) -> bytes:
    """The body, before the clock of a request starts."""
    body = {
        "model": model,
        "messages": [{"role": "user", "content": ask.prompt}],
        "max_tokens": ask.output_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **({"ignore_eos": True} if manner.ignore_eos else {}),
        **manner.extra,
    }
    return json.dumps(body).encode()
