"""docs/engine-arguments.md is what the code does."""

from __future__ import annotations

import re

import yaml

from stacks.settings import load
from tests.engine_arguments_page import PAGE, document
from tests.stacks.stack_files import changed


def test_the_page_is_up_to_date() -> None:
    """`python -m tests.engine_arguments_page` writes it."""
    assert PAGE.read_text(encoding="utf-8") == document()


def test_the_example_is_read() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    of = changed("serving.engine", yaml.safe_load(block)["engine"])
    of["fourways:serving"] |= {
        "capacity": {"source": "eas-resource-group", "units": 8, "spec": "MU1"},
        "replicas": {"count": 1, "gpus": 8},
    }
    assert load(of, stack="x").deployment.engine.expert_parallel is True  # type: ignore[union-attr]
