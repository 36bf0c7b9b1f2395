"""The command: its options, what it shows, its exit codes. Pulumi is not run: a workspace stands in that knows a stack's outputs."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.results import load
from fourways.benchmark.run import measure_endpoint
from fourways.benchmark.tally import Tally
from fourways.benchmark.workload import Length, Workload
from fourways.cli import bench
from fourways.cli.bench_display import BenchDisplay, line, table
from fourways.cli.bench_spending import Spending
from fourways.cli.errors import UserError
from fourways.cli.main import app
from fourways.costs.serving import ServingPrices, TokenPrices, Used
from tests.benchmark.endpoint import Reply, Script, endpoint, full
from tests.benchmark.samples import sample

ARGUMENTS = ["bench", "--stack", "mu-singapore", "--concurrency", "2", "--requests", "8", "--input", "10", "--output", "2-6"]


@dataclass
class Workspace:
    """What the command needs of one."""

    known: dict[str, Any]
    target: str = "cloud"
    fake: None = None
    resources: dict[str, Any] = field(default_factory=lambda: {"deployment": {"resources": []}})

    def outputs(self, _: str) -> dict[str, Any]:
        return self.known

    def state(self, _: str) -> dict[str, Any]:
        return self.resources


def _bench(monkeypatch: pytest.MonkeyPatch, out: Path, script: Script, *more: str) -> tuple[int, str, BaseException | None]:
    with endpoint(script) as server:
        outputs = {"base_url": server.target.base_url, "api_key": "very-secret", "model": "m", "kind": "model-unit"}
        monkeypatch.setattr(bench, "current_workspace", lambda **_: Workspace(outputs))
        console = Console(file=io.StringIO(), width=300)
        monkeypatch.setattr(bench, "console", console)
        monkeypatch.setattr("fourways.cli.demo.console", console)
        result = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(out), *more])
    assert isinstance(console.file, io.StringIO)
    return result.exit_code, console.file.getvalue(), result.exception


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a point is valid does not depend on how busy the machine of the tests is."""
    monkeypatch.setattr("fourways.benchmark.points.limits", lambda *_: [])


@pytest.mark.usefixtures("calm")
def test_a_stack_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said, _ = _bench(monkeypatch, tmp_path / "out", lambda _, body: full(body), "--slo", "ttft_ms=100000")
    assert code == 0, said
    assert said.startswith("target: cloud\n")
    assert "very-secret" not in said
    assert "c2" in said
    assert str(tmp_path / "out") in said
    assert said.splitlines()[-1] == f"report: fourways report {tmp_path / 'out'}"
    run = load(tmp_path / "out")
    assert run.header["stack"] == "mu-singapore"
    assert run.header["endpoint"]["kind"] == "model-unit"
    assert run.points[0]["goodput_share"] == 1.0


GROUP = {
    "urn": "urn:pulumi:mu-singapore::fourways::fourways:eas:ResourceGroup::machines",
    "type": "fourways:eas:ResourceGroup",
    "id": "ap-southeast-1/eas-r-1",
    "custom": True,
    "inputs": {"region": "ap-southeast-1", "instanceType": "ml.gu8tef.4.23xlarge", "instanceCount": 1, "chargeType": "PostPaid"},
}


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize(("given", "expected"), [([], ("216", "CNY")), (["--hourly-price", "12.5USD"], ("12.5", "USD"))])
def test_the_price_is_that_of_the_state_or_the_one_stated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: list[str], expected: tuple[str, str]
) -> None:
    monkeypatch.setattr(Workspace, "state", lambda *_: {"deployment": {"resources": [GROUP]}})
    code, said, _ = _bench(monkeypatch, tmp_path / "out", lambda _, body: full(body), *given)
    assert code == 0, said
    header = load(tmp_path / "out").header
    assert (header["hourly_price"]["amount"], header["hourly_price"]["currency"]) == expected
    assert header["token_prices"] is None
    assert f"price: {expected[0]} {expected[1]} an hour" in said


def test_a_point_that_the_client_limited_is_an_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("fourways.benchmark.points.limits", lambda *_: ["the client was slow"])
    code, said, _ = _bench(monkeypatch, tmp_path / "out", lambda _, body: full(body))
    assert code == bench.INVALID
    assert "the client was slow" in said


@pytest.mark.usefixtures("calm")
def test_ctrl_c_keeps_what_was_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def script(number: int, body: dict[str, Any]) -> Reply:
        if number == 12:
            os.kill(os.getpid(), signal.SIGINT)
        return full(body)

    code, said, _ = _bench(monkeypatch, tmp_path / "out", script, "--requests", "100000")
    assert code == bench.INTERRUPTED
    assert "interrupted" in said
    assert said.splitlines()[-1] == f"report: fourways report {tmp_path / 'out'}"
    run = load(tmp_path / "out")
    assert run.header["complete"] is False
    assert run.points[0]["interrupted"] is True


def test_an_endpoint_that_refuses_is_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, _, error = _bench(monkeypatch, tmp_path / "out", lambda *_: Reply([b"wrong key"], status=401))
    assert code == 1
    assert isinstance(error, UserError)
    assert "status 401" in str(error)


@pytest.mark.parametrize(
    "wrong",
    [["--concurrency", "x"], ["--rate", "0"], ["--input", "1"], ["--output", "9-3"], ["--slo", "speed=1"], ["--prefix-share", "1"],
     ["--seconds", "0"], ["--hourly-price", "much"]],
)  # fmt: skip
def test_wrong_options_are_a_usage_error_before_anything_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: list[str]) -> None:
    code, said, error = _bench(monkeypatch, tmp_path / "out", lambda _, body: full(body), *wrong)
    assert isinstance(error, UserError)
    assert error.exit_code == 2
    assert said == ""
    assert code == 1  # `main` turns it into 2


def test_an_unknown_retry_policy_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _bench(monkeypatch, tmp_path / "out", lambda _, body: full(body), "--retry", "often")[0] == 2


def test_a_line_says_where_a_point_stands() -> None:
    async def run() -> list[str]:
        tally = Tally(2, 300.0, None)
        lines = [line(Load(concurrency=4), tally, 300.0, "")]
        for number in range(4):
            tally.began()
            tally.ended(sample(number, 1e12, ttft=250, error="" if number < 3 else "429"))
        lines.append(line(Load(concurrency=4), tally, 300.0, "1.20 CNY"))
        tally.end("time")
        tally.began()
        lines.append(line(Load(concurrency=4), tally, 300.0, ""))
        return lines

    warm, inside, closed = asyncio.run(run())
    assert warm.startswith("c4 | warm-up: 0 of 2 requests | 0 under way")
    assert re.match(r"c4 \| (300|299) s left \| 0 under way \| .* tok/s, .* requests/s \| TTFT 250 ms \| 1 x 429 \| 1\.20 CNY$", inside)
    assert "window closed, waiting for 1" in closed


def test_cost_so_far_is_that_of_the_hours_and_says_fake() -> None:
    prices = ServingPrices(hourly={"CNY": Decimal(216)}, main="CNY")
    assert Spending(prices, lambda: 1800.0, fake=False).words() == "108.00 CNY"
    assert Spending(prices, lambda: 1800.0, fake=True).words() == "108.00 CNY (fake)"
    assert Spending(ServingPrices(), lambda: 1800.0, fake=False).words() == ""


def test_of_a_reservation_measured_elsewhere_only_the_overflow_is_billed_by_the_token() -> None:
    spending = Spending(ServingPrices(overflow_only=True), lambda: 0.0, fake=False)
    spending.watch(None)
    within = {"total_input_tokens": 100, "total_output_tokens": 10}
    spending.measured(within)
    assert spending.used == Used()
    spending.measured({**within, "reservation": {"overflow": {"total_input_tokens": 30, "total_output_tokens": 3}}})
    assert spending.used == Used(input=30, output=3)


def test_cost_so_far_counts_each_token_that_is_billed_warm_up_included() -> None:
    async def run() -> Tally:
        tally = Tally(2, 300.0, None)
        for number in range(4):
            tally.began()
            one = sample(number, 1e12)
            one.prompt_tokens, one.output_tokens, one.cached_tokens, one.overflow = 1_000_000, 500_000, 250_000, number == 3
            tally.ended(one)
        return tally

    tally = asyncio.run(run())
    tokens = TokenPrices(input=Decimal(2), output=Decimal(4), cached=Decimal(1), currency="USD", assumed=False)
    for overflow_only, expected in ((False, "5.00 CNY and 15.00 USD"), (True, "5.00 CNY and 3.75 USD")):
        prices = ServingPrices(hourly={"CNY": Decimal(10)}, main="CNY", tokens=tokens, overflow_only=overflow_only)
        spending = Spending(prices, lambda: 1800.0, fake=False)
        spending.watch(tally)
        assert spending.words() == expected


def test_points_of_other_machines_count_by_what_they_say() -> None:
    prices = ServingPrices(tokens=TokenPrices(input=Decimal(2), output=Decimal(4), cached=None, currency="USD", assumed=False))
    spending = Spending(prices, lambda: 0.0, fake=False)
    spending.watch(None)
    spending.measured({"total_input_tokens": 1_000_000, "total_output_tokens": 500_000})
    assert spending.words() == "4.00 USD"


@pytest.mark.parametrize(("target", "said"), [("fake", True), ("cloud", False)])
def test_a_table_of_the_fake_says_so(target: str, said: bool) -> None:
    assert ("target: fake, numbers are made up" in str(table([], target).title)) is said


def test_a_display_in_a_terminal_shows_each_point(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=200)
    plan = Plan(loads=(Load(concurrency=2),), workload=Workload(input=Length(9, 9), output=Length(4, 4)), requests=8, stagger=0.0)
    monkeypatch.setattr("fourways.benchmark.points.limits", lambda *_: ["too busy"])
    nothing = Spending(ServingPrices(), lambda: 0.0, fake=True)
    with endpoint(lambda _, body: full(body)) as server:
        measure_endpoint(server.target, plan, tmp_path / "out", stack="s", display=BenchDisplay(console, plan, nothing))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "warm-up: 0 of 4 requests" in shown
    assert "invalid" in shown
    assert "too busy" in shown
