"""Where things are: the tree, the cache outside it, and the folder of one toolchain, named by a hash of what it is built from."""

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import recipe

TREE = Path(__file__).resolve().parents[2]
SOURCES = TREE / "toolchain"

PLUGIN_FOLDER = "resource-alicloud-v3.105.0"
PLUGIN_BINARY = "pulumi-resource-alicloud"

# What decides how the binaries come out: the Go modules with their data, and (its values) the recipe. Tests and the rest of this
# program are left out on purpose: rewording a message must not cost anybody a ten minutes' build.
_PARTS = ("engine", "alicloud")
_SUFFIXES = {".go", ".mod", ".sum", ".json", ".py", ".sh"}


def cache() -> Path:
    """The folder outside the tree that every clone on the machine shares."""
    return Path(os.environ.get("FOURWAYS_CACHE") or Path.home() / ".cache" / "fourways").expanduser().absolute()


def _source_files() -> Iterator[Path]:
    for part in _PARTS:
        root = SOURCES / part
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in ("mapping", "__pycache__", "testdata")]
            yield from (Path(folder, name) for name in files if Path(name).suffix in _SUFFIXES)


def source_hash() -> str:
    """12 hex digits over names and contents of all that the binaries are built from."""
    digest = hashlib.sha256(repr((recipe.FLAGS, recipe.ENVIRONMENT, recipe.BINARIES, recipe.COPIES)).encode())
    for path in sorted(_source_files()):
        digest.update(f"{path.relative_to(SOURCES).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Toolchain:
    """One built toolchain in the cache. Files come into it only complete (by rename), so that being there means being whole."""

    root: Path

    @classmethod
    def of_this_tree(cls) -> "Toolchain":
        return cls(cache() / f"toolchain-{source_hash()}")

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def plugin(self) -> Path:
        # Not in `bin`: with that on PATH the engine would warn that it uses the plugin 'from $PATH'.
        return self.root / "plugins" / PLUGIN_FOLDER

    def note_use(self) -> None:
        """What is used is kept, see `remove_unused`."""
        with contextlib.suppress(OSError):  # another user's, or read-only: kept by its owner
            os.utime(self.root)

    def missing(self, names: list[str]) -> list[str]:
        return [name for name in names if not (self.root / name).is_file()]


def remove_unused(keep: Toolchain, days: float = 30) -> None:
    """Each change of the sources makes another toolchain of half a GB: those that no clone has used for so long go."""
    for root in cache().glob("toolchain-*"):
        if root.is_dir() and root != keep.root and time.time() - root.stat().st_mtime > days * 24 * 3600:
            shutil.rmtree(root, ignore_errors=True)
