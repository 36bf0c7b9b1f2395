"""mu-singapore is changed from 4 to 8 units on the fake: the comment is the golden one to the letter, and the fake bills what it says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from fourways.cli import fake_server
from fourways.cli.project import STACKS
from tests.checks.four_to_eight import COMMENT, STACK, changed, undated
from tests.checks.test_checks_documents import read_only
from tests.end_to_end.conftest import Fourways


@pytest.fixture(scope="module")
def eight_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack files of the pull request."""
    folder = tmp_path_factory.mktemp("stacks")
    for path in STACKS.glob("Pulumi.*.yaml"):
        (folder / path.name).write_text(changed(path.read_text()) if path.name == f"Pulumi.{STACK}.yaml" else path.read_text())
    return folder


def hourly(folder: Path) -> Decimal:
    """What the fake bills an hour now."""
    return sum((Decimal(row["hourly_price"]) for row in fake_server.running(folder / "fake").ask("ledger?open=1")), Decimal(0))


def calls(folder: Path) -> Counter[str]:
    """What the fake was asked so far, by action."""
    return Counter(fake_server.running(folder / "fake").ask("requests?action=none")["actions"])


def test_the_comment_says_what_the_change_costs(fourways: Fourways, folder: Path, eight_units: Path, tmp_path: Path) -> None:
    fourways("demo", "up", STACK)
    assert hourly(folder) == 4 * 54
    comment = tmp_path / "comment.md"
    fourways("check", STACK, "--fake", "--write", str(comment), code=3, FOURWAYS_FAKE_STACKS=str(eight_units))
    assert undated(comment.read_text()) == COMMENT.read_text(), "record it again if that is wanted: python -m tests.checks.four_to_eight"


def test_after_the_change_the_fake_bills_what_the_comment_said(fourways: Fourways, folder: Path, eight_units: Path, tmp_path: Path) -> None:
    up = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)
    fourways("shell", "--", *up, FOURWAYS_FAKE_STACKS=str(eight_units))
    assert hourly(folder) == 8 * 54
    comment = tmp_path / "comment.md"
    fourways("check", STACK, "--fake", "--write", str(comment), code=3, FOURWAYS_FAKE_STACKS=str(eight_units))
    assert "#### What changes\n\nNothing." in comment.read_text()
    assert "The cost does not change: 432.00 CNY an hour, 315,360.00 CNY a month (730 h)." in comment.read_text()


def test_several_stacks_make_one_comment_and_the_worst_exit_code(
    fourways: Fourways, folder: Path, eight_units: Path, tmp_path: Path
) -> None:
    comment, before = tmp_path / "comment.md", calls(folder)
    stacks = (STACK, "payg-singapore", "token-singapore")
    fourways("check", *stacks, "--fake", "--write", str(comment), code=3, FOURWAYS_FAKE_STACKS=str(eight_units))
    text = comment.read_text()
    assert text.startswith("<!-- fourways check -->\n### `fourways check` of 3 stacks")
    # Everybody may ask who they are. The rest is what the role of a pull request has to be granted, and it is.
    asked = {action for action in calls(folder) - before if action != "GetCallerIdentity"}
    assert "DescribeMachineSpec" in asked
    assert asked <= {action.partition(":")[2] for action in read_only()}
    assert f"| {STACK} | 1 policy violation | 315,360.00 CNY | none |" in text
    assert "### `fourways check` of token-singapore: fine" in text


def test_another_way_of_serving_is_named_where_it_is_cheaper(fourways: Fourways, eight_units: Path, tmp_path: Path) -> None:
    file = eight_units / f"Pulumi.{STACK}.yaml"
    file.write_text(f"{file.read_text()}\n  fourways:workload: {{tokensPerDay: 8000000}}\n")
    comment = tmp_path / "comment.md"
    fourways("check", STACK, "--fake", "--write", str(comment), code=3, FOURWAYS_FAKE_STACKS=str(eight_units), FOURWAYS_RATES="USD=7.1CNY")
    said = comment.read_text().split("#### Other ways to serve this workload")[1]
    assert "For the stated workload of 8,000,000 tokens a day, token API would cost about" in said
    assert "Model Units as it is 315,360 CNY" in said


def test_the_stack_comes_down(fourways: Fourways) -> None:
    assert "Nothing is open, nothing is left." in fourways("demo", "down", STACK).stdout
