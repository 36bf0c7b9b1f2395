"""docs/policies.md says of the rules what they say of themselves."""

from pathlib import Path

from policies.list_rules import table
from stacks.settings import json_schema

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"


def test_the_table_of_rules_is_the_one_that_the_rules_make() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = text.partition("<!-- rules -->\n")[2].partition("<!-- end of rules -->")[0]
    assert shown == table(), "renew it: python -m policies.list_rules"


def test_settings_that_the_page_names_are_settings() -> None:
    properties = json_schema()["properties"]["config"]["properties"]
    assert {"fourways:data", "fourways:allow-list", "fourways:protect", "fourways:budget"} <= set(properties)
