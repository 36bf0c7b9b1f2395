"""Runs the provider from source: `python fourways/provider ENGINE_ADDRESS`, as PulumiPlugin.yaml makes the engine do."""

import gc
import os
import sys
from pathlib import Path

# While modules are loaded the collector runs dozens of times and finds nothing. What they hold stays to the end, and need not be looked at.
gc.disable()

HERE = Path(__file__).resolve().parent

# Running a folder puts it first on the path, where `errors.py` or `values.py` would be found by anybody who imports such a name.
sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != HERE]
sys.path.insert(0, str(HERE.parents[1]))

# Without it pydantic looks for plugins of its own in every installed package, half the time of its import.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from fourways.provider.names import VERSION
from fourways.provider.server import main

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main(sys.argv[1:], VERSION)
