"""The programs that machines get, as modules: each fresh, since they read their settings when they are imported."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[3] / "components/bare_metal/boot/scripts"


def program(monkeypatch: pytest.MonkeyPatch, name: str, **settings: str) -> ModuleType:
    """The module, with these settings in its environment, until the test ends."""
    for setting, value in settings.items():
        monkeypatch.setenv(setting, value)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for path in SCRIPTS.glob("*.py"):
        monkeypatch.delitem(sys.modules, path.stem, raising=False)
    return importlib.import_module(name)
