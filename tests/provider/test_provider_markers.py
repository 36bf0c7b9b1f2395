"""The marker table is the documented one, and covers every resource that is declared."""

import re
from pathlib import Path

from fourways.provider import markers
from fourways.provider.kinds import KINDS

ROOT = Path(__file__).parents[2]


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs/markers.md").read_text(encoding="utf-8") == markers.document()


def test_every_resource_of_ours_and_of_the_components_has_a_row() -> None:
    rows = {row.resource for row in markers.MARKERS}
    assert set(KINDS) <= rows
    declared = {
        f"{module}/{name[0].lower()}{name[1:]}:{name}"
        for path in (ROOT / "components").rglob("*.py")
        for module, name in re.findall(r"\b(vpc|ecs|slb|ess|alb|ram|oss|nas|cms|log)\.([A-Z]\w+)\(", path.read_text(encoding="utf-8"))
        if not name.endswith(("Args", "Error"))
    }
    assert {f"alicloud:{token}" for token in declared} <= rows


def test_no_cell_is_empty_or_breaks_the_table() -> None:
    for row in markers.MARKERS:
        for cell in (value for value in vars(row).values() if not isinstance(value, bool)):
            assert cell
            assert "|" not in cell
            assert "\n" not in cell
