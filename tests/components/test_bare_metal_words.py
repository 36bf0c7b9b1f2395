"""What a bare-metal stack says at preview of its updates: the numbers that the rollout will keep to."""

from __future__ import annotations

from typing import Any, cast

import pytest

from components.bare_metal.words import lines
from stacks.kinds.bare_metal import BareMetalServing
from tests.components.bare_metal_samples import SCALED, metal

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "one more": ({"replicas": {"count": 2, "gpus": 8}}, "2 or more serve and at most 3 are billed"),
    "one less": (
        {"replicas": {"count": 4, "gpus": 8}, "update": {"minHealthyPercent": 50, "maxHealthyPercent": 100}},
        "2 or more serve and at most 4 are billed",
    ),
    "never past scaling's most": ({"replicas": {"count": 4, "gpus": 8}, "scaling": SCALED}, "3 or more serve and at most 4 are billed"),
}


@pytest.mark.parametrize(("serving", "said"), CASES.values(), ids=CASES)
def test_how_many_serve_and_are_billed_in_an_update(serving: dict[str, Any], said: str) -> None:
    settings = metal(**serving)
    first = next(lines(settings, cast("BareMetalServing", settings.serving)))
    assert f"updates: machine by machine, {said} meanwhile, rolled back when they fail" in first[1]
