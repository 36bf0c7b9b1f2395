"""`fourways shell`: a subshell in the fake's project, where plain `pulumi up --stack NAME` works, with a marked prompt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fourways.cli.project import stack_names
from fourways.cli.workspace import Workspace, fake_workspace

_MARK = "(fourways: fake)"


def enter(command: list[str]) -> int:
    """Run `command` there, or the user's shell when it is empty; the exit code is theirs."""
    workspace = fake_workspace()
    environment = {**workspace.environment, "PATH": f"{_wrapper(workspace)}{os.pathsep}{workspace.environment['PATH']}"}
    for stack in set(stack_names()) - set(workspace.state_stacks()):
        # On a file backend `pulumi up --stack X` fails until the stack has been initialised.
        workspace.read("stack", "init", "--stack", stack, "--no-select")
    if command:
        return subprocess.run(command, cwd=workspace.folder, env=environment, check=False).returncode
    assert workspace.fake is not None
    print(f"target: fake ({workspace.fake.address}); plain pulumi works here, `exit` leaves; the fake goes on until `fourways fakes stop`")
    arguments, extra = _interactive(workspace.folder, os.environ.get("SHELL", "/bin/sh"))
    return subprocess.run(arguments, cwd=workspace.folder, env={**environment, **extra}, check=False).returncode


def _interactive(folder: Path, shell: str) -> tuple[list[str], dict[str, str]]:
    """How to start `shell` with the mark in its prompt, after the user's own start-up file."""
    if Path(shell).name == "bash":
        rc = folder / "bashrc"
        rc.write_text(f'[ -f ~/.bashrc ] && . ~/.bashrc\nPS1="{_MARK} $PS1"\nexport PATH="{folder / "bin"}:$PATH"\n')
        return [shell, "--rcfile", str(rc), "-i"], {}
    if Path(shell).name == "zsh":
        rc = folder / ".zshrc"
        rc.write_text(f'[ -f ~/.zshrc ] && . ~/.zshrc\nPS1="{_MARK} $PS1"\nexport PATH="{folder / "bin"}:$PATH"\n')
        return [shell, "-i"], {"ZDOTDIR": str(folder)}
    return [shell, "-i"], {"PS1": f"{_MARK} $ "}


def _wrapper(workspace: Workspace) -> Path:
    """A folder with a `pulumi` that says its target first and takes up edits of the tracked stack files, then is the real one."""
    assert workspace.fake is not None
    folder = workspace.folder / "bin"
    folder.mkdir(exist_ok=True)
    script = folder / "pulumi"
    script.write_text(
        "#!/bin/sh\n"
        f'echo "target: fake ({workspace.fake.address})" >&2\n'
        f'"{sys.executable}" -m fourways.cli.stack_copies "{workspace.folder}" || exit 1\n'
        f'exec "{workspace.pulumi}" "$@"\n'
    )
    script.chmod(0o755)
    return folder
