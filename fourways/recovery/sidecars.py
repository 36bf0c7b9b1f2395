"""What a kill in the middle of writing a state leaves in a file:// backend: an empty file beside a state that is whole.

gocloud.dev 0.46 (blob/fileblob, used by pulumi/pkg 3.259.0) writes a file in two steps: `<file>.attrs` in place (`setAttrs`: os.Create),
then the file itself by a rename. Killed in between, the state is the one before and the `.attrs` is empty: every pulumi command on the
stack fails with "failed to load checkpoint: EOF". A file without `.attrs` is read as it is (`getAttrs`), so the damaged one is only in the
way. The state before is good enough: an operation is recorded as pending before it begins.
"""

from __future__ import annotations

import json
from pathlib import Path


def damaged(backend: Path, project: str, stack: str) -> list[Path]:
    """The `.attrs` files of a stack's state and its copy that cannot be read. `backend` is the folder that holds `.pulumi`."""
    stacks = backend / ".pulumi" / "stacks"
    return [
        path
        for place in (stacks / project, stacks)
        for name in (f"{stack}.json.attrs", f"{stack}.json.bak.attrs")
        if (path := place / name).is_file() and not _is_readable(path)
    ]


def remove(paths: list[Path]) -> None:
    """Take them out of the way."""
    for path in paths:
        path.unlink(missing_ok=True)


def _is_readable(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text()), dict)
    except ValueError:
        return False
