"""`python -m fourways.cli.stack_copies FOLDER`: takes up edits of the tracked stack files before a `pulumi` in the fake's shell."""

from __future__ import annotations

import sys
from pathlib import Path

from fourways.cli.workspace import renew_stack_files

if __name__ == "__main__":
    renew_stack_files(Path(sys.argv[1]))
