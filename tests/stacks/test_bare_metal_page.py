"""The blocks of docs/bare-metal.md are settings: each goes into the stack that the page is about, and is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.settings import read_stack_file

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "bare-metal.md").read_text(), flags=re.MULTILINE | re.DOTALL)


def test_the_page_has_its_blocks() -> None:
    assert len(BLOCKS) > 8


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_read(block: str, tmp_path: Path) -> None:
    given: dict[str, Any] = yaml.safe_load(block)
    stack = yaml.safe_load((ROOT / "stacks" / "Pulumi.metal-singapore.yaml").read_text())
    stack["config"]["fourways:serving"] |= given
    path = tmp_path / "Pulumi.page.yaml"
    path.write_text(yaml.safe_dump(stack))
    serving = read_stack_file(path).serving
    assert set(given) <= {field.alias or name for name, field in type(serving).model_fields.items()}
