"""Start of the pack. The engine's launcher runs this folder by `runpy`, so only the folder itself is importable at this point: the tree's
root is put first, and the rules are the same modules (`policies.rules...`) here and in the tests. `serve` serves until the engine ends it,
which is why it is called here and nowhere else."""

import gc
import os
import sys
from pathlib import Path

# While modules are loaded the collector runs dozens of times and finds nothing, and pydantic looks for plugins of its own in every
# installed package: together a seventh of the time that the pack takes to start.
gc.disable()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policies import exemptions
from policies.adapter import to_policy
from policies.analyzer import serve
from policies.rules import RULES
from policies.settings import load

try:
    policies = [to_policy(rule, setting) for rule, setting in load(RULES)]
    agreed = exemptions.load(RULES, exemptions.utc_today())
except (OSError, ValueError) as mistake:  # in config.yaml or exemptions.yaml: words for whoever wrote it, and no traceback
    sys.stderr.write(f"the policy pack cannot start: {mistake}\n")
    sys.exit(1)
gc.freeze()
gc.enable()
serve("fourways", policies, agreed)
