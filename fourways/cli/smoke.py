"""`fourways smoke STACK`: one chat request through the endpoint contract."""

from __future__ import annotations

from fourways.cli.chat_request import PROMPT, chat
from fourways.cli.demo import console, say_target
from fourways.cli.project import stack_file
from fourways.cli.workspace import current_workspace


def smoke(stack: str, *, fake: bool) -> None:
    """Print question, answer, tokens and seconds. Raises UserError when the endpoint does not answer."""
    stack_file(stack)
    workspace = current_workspace(fake=fake)
    say_target(workspace)
    answer = chat(workspace.outputs(stack), ca=workspace.fake.ca if workspace.fake else None)
    console.print(f"{PROMPT}\n{answer.text}\n{answer.prompt_tokens} tokens in, {answer.completion_tokens} out, {answer.seconds:.2f} s")
