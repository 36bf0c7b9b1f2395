"""docs/eas-service-json.md: every field of the EAS service JSON and what becomes of it. `python -m tests.service_json_page` writes the page
from docs/eas-service-json.yaml; a test holds both against the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "eas-service-json.md"
TABLE: dict[str, Any] = yaml.safe_load((DOCS / "eas-service-json.yaml").read_text(encoding="utf-8"))
FIELDS: dict[str, dict[str, Any]] = TABLE["fields"]
WITHOUT = "-"
HEAD = """# The service JSON of PAI-EAS, field by field

What a stack file decides is a **setting** of `fourways:serving` (or `fourways:...` in full), of the kinds `eas` and `model-unit` alike.
What no setting decides is **passed** through by the `config` of the resource class `EasService`, from a program of one's own. What is
**refused** in `config` is an input of its own.

Made of `eas-service-json.yaml` by `python -m tests.service_json_page`; `tests/test_service_json_page.py` holds it against the code: no
field is written that is not here, no setting is named that does not exist, and the provider refuses what is called refused and nothing of
what is called passed.

"""


def settings(row: dict[str, Any]) -> list[str]:
    """The settings that decide a field, as keys; none for one that is written without."""
    named = [one.strip() for one in str(row.get("setting", "")).split(",")]
    return [one for one in named if one and one != WITHOUT]


def handled(row: dict[str, Any]) -> str:
    """What becomes of a field, in the page's words."""
    by = ", ".join(f"`{one}`" for one in settings(row))
    if "input" in row:
        own = f"refused in `config`: `{row['input']}` is an input of its own"
        return f"{own}, from {by}" if by else own
    if "instead" in row:
        return f"setting {by}, by {row['instead']} instead"
    if row.get("setting") == WITHOUT:
        return "written without a setting"
    return f"setting {by}" if by else "passed through"


def document() -> str:
    """The page."""
    rows = [f"| `{field}` | {row['does']} | {handled(row)} | {row.get('why', '')} |" for field, row in FIELDS.items()]
    head = "| field | what it says | here | why |\n|---|---|---|---|\n"
    return f"{HEAD}Sources: {TABLE['source']}.\n\n{head}" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
