"""How long a model may take to start. Pure."""

from __future__ import annotations

import math

LOAD_GIB_PER_SECOND = 2.1
"""2.5 TB took about 18 minutes (reference/eas.md)."""
LOAD_MARGIN = 3
"""Assumed: a first start reads from OSS with nothing cached, beside other readers."""
WARM_UP_SECONDS = 300
"""Assumed: image pull, graph capture, warm-up."""
SHORTEST_START, LONGEST_START = 600, 3600
"""Seconds of start-up budget for very large models, least and most (reference/eas.md)."""


def start_seconds(weights_gib: float) -> int:
    """How long a start may take: loading the weights with margin, and warming up; at least 10 minutes, at most an hour."""
    wanted = WARM_UP_SECONDS + LOAD_MARGIN * weights_gib / LOAD_GIB_PER_SECOND
    return math.ceil(min(max(wanted, SHORTEST_START), LONGEST_START))
