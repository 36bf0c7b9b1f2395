"""The examples of the page on PAI-EAS are settings that stacks can have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.explain import fields
from stacks.kinds.eas import EasServing
from stacks.settings import load
from tests.stacks.stack_files import eas

PAGE = (Path(__file__).parents[1] / "docs" / "pai-eas.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids="-".join)
def test_an_example_is_read_as_it_stands(example: dict[str, Any]) -> None:
    engine = {"name": "vllm", "version": "0.20.0", "tensorParallel": 8}
    assert load(eas(engine=engine, **example), stack="x").deployment.kind == "eas"


def test_every_setting_is_shown_or_named_elsewhere() -> None:
    shown = {key for example in EXAMPLES for key in example}
    elsewhere = {"kind", "name", "engine", "replicas", "workspace"}
    assert set(fields(EasServing)) == shown | elsewhere
