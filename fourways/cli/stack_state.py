"""A stack's state as `fourways recover` reads and writes it, with as few runs of `pulumi` as it takes."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from fourways.cli.workspace import Workspace


class StackState:
    """The state of one stack. `fresh` says that a refresh has seen what the state has now. Methods raise UserError."""

    def __init__(self, workspace: Workspace, stack: str) -> None:
        self.workspace, self.stack = workspace, stack
        self.fresh = False
        self._export: Mapping[str, Any] | None = None

    @cached_property
    def exists(self) -> bool:
        """Whether the backend has a state of this stack."""
        return self.stack in self.workspace.state_stacks()

    @property
    def export(self) -> Mapping[str, Any]:
        """As `pulumi stack export` gives it, secrets encrypted."""
        if self._export is None:
            self._export = self.workspace.state(self.stack)
        return self._export

    def write(self, state: Mapping[str, Any]) -> None:
        """Puts another state in its place, in one step (`pulumi stack import`, which checks it first)."""
        result = self._import(state)
        if result.returncode:
            self.workspace.fail("stack import", result)
        self._export, self.fresh = state, False

    def write_back(self) -> str:
        """Writes the state as it is; empty, or the error that names the locks. Raises UserError for any other error."""
        result = self._import(self.export)
        said = result.stderr + result.stdout
        if result.returncode and "currently locked" not in said:
            self.workspace.fail("stack import", result)
        return said if result.returncode else ""

    def refresh(self) -> None:
        """`pulumi refresh`; pending creates that a person must look at stay."""
        result = self.workspace.capture(
            "refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--non-interactive", "--stack", self.stack
        )
        if result.returncode:
            self.workspace.fail("refresh", result)
        self._export, self.fresh = None, True

    def preview(self) -> tuple[dict[str, Any], str]:
        """The digest of a preview, and why it failed, where it did."""
        # One document, not a stream of events, whatever the user's environment says.
        plain = replace(self.workspace, environment={**self.workspace.environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "false"})
        result = plain.capture("preview", "--json", "--non-interactive", "--stack", self.stack)
        try:
            digest: dict[str, Any] = json.loads(result.stdout)
        except ValueError:
            return {}, _first_error(result.stderr or result.stdout)
        if result.returncode:
            told = [str(entry.get("message")) for entry in digest.get("diagnostics") or [] if entry.get("severity") == "error"]
            return {}, _first_error("\n".join(told) or result.stderr)
        return digest, ""

    def _import(self, state: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        descriptor, path = tempfile.mkstemp(prefix="recover-", suffix=".json")  # readable by this user only
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(state, file)
            return self.workspace.capture("stack", "import", "--file", path, "--stack", self.stack)
        finally:
            Path(path).unlink(missing_ok=True)


def _first_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no output")
