"""The `fourways` command on stacks at Model Studio: the same words as for every other stack."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Fourways

STACK = "ptu-singapore"


@pytest.mark.parametrize(
    ("stack", "costs"),
    [("token-singapore", "Sum: no fixed cost"), (STACK, "324.00 CNY an hour"), ("mu-studio-beijing", "432.00 CNY an hour")],
)
def test_doctor_and_check_find_nothing_against_a_stack_that_is_new(fourways: Fourways, stack: str, costs: str) -> None:
    assert "0 not ok" in fourways("doctor", stack, "--fake").stdout
    said = fourways("check", stack, "--fake").stdout
    assert "0 failed" in said
    assert costs in said
    assert "billed by use without a bound: token-api-key" in said


def test_it_comes_up_answers_and_goes_with_nothing_left(fourways: Fourways) -> None:
    said = fourways("demo", "up", STACK).stdout
    assert "500000 in / 50000 out TPM, fast tier" in said
    assert "made up by the fake" in said
    assert "324.00 CNY" in fourways("cost", STACK, "--fake").stdout
    assert "tokens in" in fourways("smoke", STACK, "--fake").stdout
    assert "Nothing is left behind" in fourways("sweep", "--fake").stdout
    down = fourways("demo", "down", STACK).stdout
    assert "ptu-reservation" in down
    assert "Nothing is open, nothing is left." in down
