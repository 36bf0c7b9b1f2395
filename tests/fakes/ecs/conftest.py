"""The helpers of the folder above are imported by their names, as there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
