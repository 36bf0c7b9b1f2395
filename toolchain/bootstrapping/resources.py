"""Memory and disk, looked at before a build of ten minutes rather than after it."""

import shutil
from pathlib import Path

from . import recipe
from .report import Problem, say

_MODULE = "github.com/aliyun/terraform-provider-alicloud@v1.285.0"
_WARM_DISK_GB = 2.0  # both results, a link step's files and some room, where Go has downloaded and compiled before


def check(go_caches: list[Path], cache: Path) -> None:
    """Says it where memory is short (swap may do); raises Problem where a disk is."""
    memory = available_memory_gb()
    if memory is not None and memory < recipe.MEMORY_GB:
        say(f"warning: only {memory:.1f} GB of memory is available: the build may be killed. Close something, or add swap.")
    warm = any((folder / _MODULE).is_dir() for folder in go_caches)
    need = _WARM_DISK_GB if warm else recipe.DISK_GB
    for folder in {existing(path) for path in [*go_caches, cache]}:
        free = shutil.disk_usage(folder).free / 1e9
        if free < need:
            raise Problem(
                f"{free:.1f} GB is free on the disk of {folder}, about {need:.0f} GB is needed. Free some space, or set FOURWAYS_CACHE, "
                "GOCACHE and GOMODCACHE to folders on a larger disk."
            )


def existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def available_memory_gb() -> float | None:
    """What Linux says can be had without swapping; None elsewhere."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except FileNotFoundError:
        return None
    return next((int(line.split()[1]) / 1e6 for line in lines if line.startswith("MemAvailable:")), None)
