"""Shows the built alicloud plugin to a PULUMI_HOME."""

import contextlib
import os
from pathlib import Path

from . import places
from .report import Problem, say
from .toolchain import Found


def show(found: Found, home: Path) -> None:
    """Idempotent. The folder is real and the binary in it a link: the engine skips links to folders, a copy would be 340 MB."""
    if found.plugin is None:
        say(f"plugin: {found.bin / 'pulumi'} downloads its own")
        return
    link = home / "plugins" / places.PLUGIN_FOLDER / places.PLUGIN_BINARY
    target = found.plugin / places.PLUGIN_BINARY
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    if link.exists() and not link.is_symlink():
        raise Problem(
            f"{link} is there already and is not ours: remove it (`pulumi plugin rm resource alicloud`) or use another PULUMI_HOME"
        )
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.symlink_to(target)
    os.replace(fresh, link)
    # The engine keeps schemas by name and version: a plugin that was built anew has the same ones.
    with contextlib.suppress(FileNotFoundError):
        (home / "schemas" / "alicloud-3.105.0.json").unlink()
