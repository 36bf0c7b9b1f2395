"""A row of the marker table (`markers.py`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Marker:
    """One row. `resource` is the Pulumi type; `create_call` the API action that makes it; `made` says whether stacks of model units make
    it; `billed` says from when to when; `killed` whether its create is killed on the real engine, between call and answer, in the tests."""

    resource: str
    create_call: str
    billed: str
    in_create: str
    read_back: str
    without: str
    source: str
    made: bool = True
    killed: bool = True
