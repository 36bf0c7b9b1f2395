"""The engine, the language host and the plugin: found, or built once for the machine."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import golang, installed, places, recipe, resources
from .locks import alone
from .places import SOURCES, Toolchain
from .report import Problem, Progress, say


@dataclass(frozen=True)
class Found:
    """A `pulumi` to use: ours with its plugin, or the user's own, which downloads its plugins itself."""

    bin: Path
    plugin: Path | None
    source: str  # built | path

    def as_json(self) -> dict[str, str | None]:
        return {"bin": str(self.bin), "plugin": str(self.plugin) if self.plugin else None, "source": self.source}


def wants_build() -> bool:
    return os.environ.get("FOURWAYS_TOOLCHAIN") == "build"


def find(force: bool = False) -> Found:
    """What there is to use. Raises Problem where nothing is yet."""
    own = None if force or wants_build() else installed.pulumi()
    if own is not None:
        return Found(own.parent, None, "path")
    toolchain = Toolchain.of_this_tree()
    if toolchain.missing(recipe.RESULTS):
        raise Problem("Pulumi is not built yet: run `python3 toolchain/bootstrap.py toolchain`")
    toolchain.note_use()
    return Found(toolchain.bin, toolchain.plugin, "built")


def ensure(force: bool = False) -> Found:
    """Builds what is missing. Idempotent; a second process waits for the first and builds nothing."""
    own = None if force or wants_build() else installed.pulumi()
    if own is not None:
        say(f"pulumi: using {own} (FOURWAYS_TOOLCHAIN=build builds {recipe.PULUMI_VERSION} instead)")
        return Found(own.parent, None, "path")
    toolchain = Toolchain.of_this_tree()
    if toolchain.missing(recipe.RESULTS):
        go = golang.find()
        with alone(places.cache() / "toolchain.lock", "building the toolchain") as lock:
            if toolchain.missing(recipe.RESULTS):
                build(go, toolchain, lock)
                places.remove_unused(toolchain)
    toolchain.note_use()
    say(f"toolchain: ready in {toolchain.root}")
    return Found(toolchain.bin, toolchain.plugin, "built")


def build(go: str, toolchain: Toolchain, lock: int) -> None:
    say(
        f"Building Pulumi {recipe.PULUMI_VERSION} and the alicloud plugin, once for this machine: about {recipe.MINUTES} minutes on 2 "
        f"cores; it needs about {recipe.MEMORY_GB:.0f} GB of memory and {recipe.DISK_GB:.0f} GB of disk."
    )
    resources.check(golang.caches(go), places.cache())
    try:
        with staging() as folder:
            work = golang.Work(folder, lock)
            for number, binary in enumerate(recipe.BINARIES, 1):
                if not (toolchain.root / binary.result).is_file():
                    build_binary(go, binary, work, toolchain, f"[{number}/{len(recipe.BINARIES)}] {binary.title}")
            for source, result in recipe.COPIES.items():
                copy = folder / "copy"
                shutil.copyfile(SOURCES / source, copy)
                put(copy, toolchain.root / result)
    except OSError as error:
        raise Problem(f"writing to {places.cache()} failed: {error.strerror} ({error.filename})\nNothing half-written was left.") from error


@contextlib.contextmanager
def staging() -> Iterator[Path]:
    """A folder on the results' file system (a rename is atomic) that is gone afterwards; clears what a killed run left."""
    parent = places.cache() / "building"
    shutil.rmtree(parent, ignore_errors=True)  # we hold the lock: whatever is in there belongs to nobody
    parent.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def build_binary(go: str, binary: recipe.Binary, work: golang.Work, toolchain: Toolchain, title: str) -> None:
    progress = Progress(title)
    folder = SOURCES / binary.module
    output = work.folder / "binary"

    def compile_package(package: str, *flags: str) -> None:
        count = golang.run([go, "list", "-deps", package], folder, work, progress).count("\n")
        golang.run([go, "build", "-v", *recipe.FLAGS, *flags, "-o", str(output), package], folder, work, progress, of=count)

    flags = [f"-ldflags={binary.link}", *([f"-gcflags={binary.compile}"] if binary.compile else [])]
    if binary.generated is not None:
        path, printer = binary.generated
        compile_package(printer, *flags)
        content = work.folder / "generated"
        content.write_text(golang.run([str(output)], work.folder, work, progress))  # not in the tree: it would read our Pulumi.yaml
        # The tree is left as it is: Go is told to read the generated file in place of the one there.
        overlay = work.folder / "overlay.json"
        overlay.write_text(json.dumps({"Replace": {str(folder / path): str(content)}}))
        flags.append(f"-overlay={overlay}")
    compile_package(binary.package, *flags)
    size = output.stat().st_size
    put(output, toolchain.root / binary.result)
    progress.done(f"{size / 1e6:.0f} MB")


def put(file: Path, result: Path) -> None:
    """Moves a finished executable to where it is used: a name in the toolchain's folder always means a whole file."""
    file.chmod(0o755)
    with file.open("rb") as written:
        os.fsync(written)
    result.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file, result)
