"""mu-singapore from 4 to 8 units: the comment from the recorded preview is the golden one, and its sums are those of pencil and paper."""

from __future__ import annotations

from datetime import date

from tests.checks.four_to_eight import COMMENT, EVENTS, STATE, comment, same, undated


def test_the_recorded_preview_makes_the_golden_comment() -> None:
    assert comment() == COMMENT.read_text()


def test_the_day_adds_old_prices_and_nothing_else() -> None:
    later = comment(date(2029, 1, 1))
    assert "Old prices: model-unit-machines" in later
    assert undated(later) == COMMENT.read_text()


def test_the_sums_are_those_of_pencil_and_paper() -> None:
    # 54 CNY an MU1 and hour, 730 hours a month. 4 units: 4 x 54 = 216 an hour, 216 x 730 = 157 680 a month. 8 units are twice that.
    # The difference is 4 units again; the budget of 170 000 a month is exceeded by 315 360 - 170 000 = 145 360.
    lines = COMMENT.read_text().split("#### Cost")[1].splitlines()
    row, total, budget = [line for line in lines if "315,360.00" in line][:3]
    assert row == "| model-unit-machines | changed (price assumed) | 157,680.00 CNY | 315,360.00 CNY | +157,680.00 CNY |"
    assert total == "| **sum CNY** | | **157,680.00 CNY** | **315,360.00 CNY** | **+157,680.00 CNY** |"
    assert budget == "Budget: :x: 315,360.00 CNY a month is over the budget 170,000 CNY a month by 145,360.00 CNY"


def test_what_changes_is_one_number_of_one_resource() -> None:
    changes = COMMENT.read_text().split("#### What changes")[1].split("#### Policies")[0].strip().splitlines()[2:]
    assert changes == ["| update | fourways:eas:ResourceGroup | model-unit-machines | instanceCount 1 -\\> 2 |"]


def test_the_recording_holds_nothing_of_its_run_and_no_secret() -> None:
    for path in (EVENTS, STATE):
        text = path.read_text()
        assert same(text) == text
        assert "ciphertext" not in text
        assert "outputs" not in text
