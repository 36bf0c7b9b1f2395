"""Runs the provider from source: `python fourways/provider ENGINE_ADDRESS`, as PulumiPlugin.yaml makes the engine do."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Running a folder puts it first on the path, where `errors.py` or `values.py` would be found by anybody who imports such a name.
sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != HERE]
sys.path.insert(0, str(HERE.parents[1]))

# Without it pydantic looks for plugins of its own in every installed package, half the time of its import.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from fourways.provider.names import VERSION
from fourways.provider.server import main

if __name__ == "__main__":
    main(sys.argv[1:], VERSION)
