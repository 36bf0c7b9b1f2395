"""One chat request to a stack's endpoint, with nothing but its outputs: proof that it serves."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.cli.errors import UserError

PROMPT = "In one sentence: what is infrastructure as code?"


@dataclass(frozen=True)
class Answer:
    """Text of the answer, token counts as the server's `usage` states them, and the seconds it took."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


def chat(outputs: Mapping[str, Any], prompt: str = PROMPT, ca: Path | None = None, max_tokens: int = 48) -> Answer:
    """Ask `base_url`/chat/completions for `model`. `ca` is trusted beside the system's roots. Errors never show the key."""
    missing = [name for name in ("base_url", "api_key", "model") if not outputs.get(name)]
    if missing:
        raise UserError(f"the stack has no output {', '.join(missing)}: is it up? (`pulumi up`)")
    body = {"model": outputs["model"], "messages": [{"role": "user", "content": prompt}], "max_tokens": max_tokens}
    url = f"{outputs['base_url']}/chat/completions"
    headers = {"content-type": "application/json", "authorization": f"Bearer {outputs['api_key']}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    context = ssl.create_default_context()
    if ca is not None:
        context.load_verify_locations(ca)
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=120, context=context) as response:
            data = json.load(response)
    except urllib.error.HTTPError as error:
        raise UserError(f"{url} answered {error.code}: {error.read().decode(errors='replace')[:500]}") from error
    except OSError as error:
        raise UserError(f"{url} cannot be reached ({error})") from error
    seconds = time.perf_counter() - started
    usage = data.get("usage") or {}
    text = data["choices"][0]["message"]["content"]
    return Answer(text, int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0)), seconds)
