"""Where logs are kept: made in `monitoring.py`, told to the machines in `machines.py`."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class LogPlace:
    """A store of Simple Log Service, by its name and that of its project."""

    project: pulumi.Output[str]
    store: pulumi.Output[str]
