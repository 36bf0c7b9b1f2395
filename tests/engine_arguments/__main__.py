"""`python -m tests.engine_arguments [FOLDER]`: the tables of the engine versions that the image catalogue has, anew.

Downloads each version's package with pip (vLLM's are 250-500 MB) into a temporary folder, or into FOLDER, where those that are there
already are used; reads it as it is, installs nothing, and writes `fourways/catalog/engine_arguments/ENGINE-VERSION.yaml`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from fourways.catalog.engine_arguments.tables import HERE, Flag
from fourways.catalog.images import all_images
from tests.engine_arguments import sglang, vllm
from tests.engine_arguments.rows import written
from tests.engine_arguments.sources import Sources

READERS: dict[str, Callable[[Sources], list[Flag]]] = {"vllm": vllm.flags, "sglang": sglang.flags}
PLATFORMS = ("any", *(f"manylinux_2_{minor}_x86_64" for minor in (28, 31, 34, 35)))
"""The tables are those of Linux, wherever they are made."""
HEAD = "# Made by `python -m tests.engine_arguments` from the package named below; not written by hand.\n"


def download(engine: str, version: str, folder: Path) -> Path:
    """The version's package, fetched unless it is there. Raises CalledProcessError where PyPI does not serve it."""
    pattern = f"{engine}-{version}-*.whl"
    if not list(folder.glob(pattern)):
        where = [f"--platform={one}" for one in PLATFORMS] + ["--python-version=3.11", "--only-binary=:all:"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *where, "--dest", str(folder), f"{engine}=={version}"]
        subprocess.run(command, check=True)
    return next(folder.glob(pattern))


def document(engine: str, version: str, package: Path) -> str:
    """The YAML file of one package."""
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
        flags = READERS[engine](Sources(lambda path: archive.read(path).decode() if path in names else None))
    about = {"engine": engine, "version": version, "package": package.name, "sha256": hashlib.sha256(package.read_bytes()).hexdigest()}
    lines = [f"  {flag.flag}: {flow(written(flag))}\n" for flag in flags]
    return f"{HEAD}{yaml.safe_dump(about, sort_keys=False)}flags:\n{''.join(lines)}"


def flow(row: dict[str, Any]) -> str:
    return yaml.safe_dump(row, default_flow_style=True, sort_keys=False, width=float("inf")).strip()


def main(folder: Path) -> None:
    """Every table."""
    for image in all_images():
        package = download(image.engine, image.version, folder)
        path = HERE / f"{image.engine}-{image.version}.yaml"
        path.write_text(document(image.engine, image.version, package), encoding="utf-8")
        print(f"{path.name} from {package.name}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
