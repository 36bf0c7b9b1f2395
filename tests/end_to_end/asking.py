"""Clients of an endpoint, as users have them: one request, or one after another all the while."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import openai

from tests.end_to_end.conftest import Run

MOST_REQUESTS = 20_000


def client(run: Run, outputs: Mapping[str, Any]) -> openai.OpenAI:
    """The openai client, which trusts the fake's certificate and tries nothing again."""
    trusted = openai.DefaultHttpxClient(verify=ssl.create_default_context(cafile=str(run.fake.bundle)))
    return openai.OpenAI(base_url=outputs["base_url"], api_key=outputs["api_key"], http_client=trusted, max_retries=0)


def ask(run: Run, outputs: Mapping[str, Any], tokens: int = 4) -> str:
    """One request; the model that answered. Raises openai.APIError."""
    messages: Any = [{"role": "user", "content": "hello"}]
    return client(run, outputs).chat.completions.create(model=outputs["model"], messages=messages, max_tokens=tokens).model


@dataclass
class Answers:
    """What a client has got so far."""

    good: int = 0
    bad: list[str] = field(default_factory=list)


@contextmanager
def asking(run: Run, outputs: dict[str, Any]) -> Iterator[Answers]:
    """A client that sends one request after another while the block runs, and the last one after it."""
    caller = client(run, outputs)
    answers, over = Answers(), threading.Event()

    def ask() -> None:
        for _ in range(MOST_REQUESTS):
            last = over.is_set()
            try:
                caller.chat.completions.create(model=outputs["model"], messages=[{"role": "user", "content": "hello"}], max_tokens=4)
                answers.good += 1
            except openai.APIError as error:
                answers.bad.append(str(error))
            if last:
                return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()
