"""`fourways chat STACK`: a conversation with a stack's endpoint in the terminal, as the console's playground has it in the browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.text import Text

from fourways.cli.chat_request import Sampling, Stream, stream
from fourways.cli.demo import console
from fourways.cli.errors import UserError
from fourways.cli.project import stack_file
from fourways.cli.workspace import current_workspace

HELP = "Enter sends, /new begins again, Ctrl-C stops an answer, Ctrl-D ends."


def chat(stack: str, *, fake: bool, prompt: str | None, system: str | None, sampling: Sampling) -> None:
    """One question (`prompt`, or standard input where it is no terminal), or a conversation. Raises UserError when a question fails."""
    stack_file(stack)
    workspace = current_workspace(fake=fake)
    outputs, ca = workspace.outputs(stack), workspace.fake.ca if workspace.fake else None
    talk = Conversation(outputs, system, sampling, ca, made_up=workspace.fake is not None)
    if prompt is None and not sys.stdin.isatty():
        prompt = sys.stdin.read().strip()
        if not prompt:
            raise UserError("there is no question: give it as an argument, on standard input, or type it in a terminal")
    # What is piped on is the answer alone.
    plain = not sys.stdout.isatty()
    if prompt is not None:
        talk.ask(prompt, quiet=plain)
        return
    console.print(f"target: [bold]{workspace.target}[/]; {outputs.get('model')} at {outputs.get('base_url')}\n[dim]{HELP}[/]")
    for question in _questions():
        if question == "/new":
            talk.begin()
            continue
        try:
            talk.ask(question, quiet=False)
        except UserError as error:
            console.print(Text(f"error: {error}", style="red"))


class Conversation:
    """What was said, and how it goes on."""

    def __init__(self, outputs: Mapping[str, Any], system: str | None, sampling: Sampling, ca: Path | None, *, made_up: bool) -> None:
        self.outputs, self.system, self.sampling, self.ca, self.made_up = outputs, system, sampling, ca, made_up
        self.messages: list[dict[str, str]] = []
        self.begin()

    def begin(self) -> None:
        """Forget what was said."""
        self.messages = [{"role": "system", "content": self.system}] if self.system else []

    def ask(self, question: str, *, quiet: bool) -> None:
        """Print the answer as it comes and, unless `quiet`, what it took. An answer that was stopped or broke off is not kept."""
        asked = [*self.messages, {"role": "user", "content": question}]
        answer = stream(self.outputs, asked, self.sampling, self.ca)
        text = ""
        try:
            for kind, piece in answer.pieces:
                if kind == "content":
                    text += piece
                if kind == "content" or not quiet:
                    console.print(Text(harmless(piece), style="dim" if kind == "reasoning" else ""), end="", soft_wrap=True)
        except KeyboardInterrupt:
            console.print("\n[dim]stopped[/]")
            if quiet:
                raise
            return
        console.print()
        self.messages = [*asked, {"role": "assistant", "content": text}]
        if not quiet:
            console.print(f"[dim]{figures(answer)}{' (made up by the fake)' if self.made_up else ''}[/]")


def harmless(piece: str) -> str:
    """A piece of an answer without control characters, which could steer the terminal; an escape sequence may be split over pieces."""
    return "".join(letter for letter in piece if letter.isprintable() or letter in "\n\t")


def figures(answer: Stream) -> str:
    """What an answer took: tokens as the server counts them, seconds to the first piece, tokens a second after it."""
    first = "no answer" if answer.first is None else f"first token after {answer.first:.2f} s"
    if answer.prompt_tokens is None or answer.completion_tokens is None:
        return f"the server states no usage, {first}, {answer.seconds:.2f} s in all"
    after = answer.seconds - (answer.first or 0.0)
    rate = f", {(answer.completion_tokens - 1) / after:.1f} tokens a second" if answer.completion_tokens > 1 and after > 0 else ""
    return f"{answer.prompt_tokens} tokens in, {answer.completion_tokens} out, {first}{rate}"


def _questions() -> Iterator[str]:
    """What is typed, until the end of input."""
    import readline  # noqa: F401 - arrow keys and history for input()

    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            console.print()
            return
        except KeyboardInterrupt:
            console.print("\n[dim]Ctrl-D ends.[/]")
            continue
        if question:
            yield question
