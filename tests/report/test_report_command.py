"""`fourways report`: its options, files, words and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fourways.benchmark.plan import Load
from fourways.cli.errors import USAGE, UserError
from fourways.cli.main import app
from fourways.cli.report import prices_of
from fourways.costs.rates import RateError
from tests.report import runs

LOADS = (Load(concurrency=8),)


def _report(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_it_writes_a_page_markdown_and_json_and_says_what_to_buy(tmp_path: Path) -> None:
    one, other = runs.capacity(tmp_path / "a", loads=LOADS, hourly=None), runs.token(tmp_path / "b", loads=LOADS)
    out = {name: tmp_path / "new" / f"r.{name}" for name in ("html", "md", "json")}
    result = _report(
        one, other, "--out", out["html"], "--markdown", out["md"], "--json", out["json"], "--price", "mu-singapore=0.5USD",
        "--currency-rate", "USD=2CNY", "--slo", "ttft_ms=300", "--share", "0.5", "--compare", "a", "token-singapore",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == f"report: {out['html']}, {out['md']}, {out['json']}"
    assert result.output.startswith("cheapest from 0 to ")
    data = json.loads(out["json"].read_text())
    assert (data["slo"], data["slo_share"], data["rates"]) == ({"ttft_ms": 300.0}, 0.5, {"USD=CNY": "2"})
    assert data["recommendation"]["given"] is True
    assert (data["comparison"]["a"], data["comparison"]["b"]) == ("mu-singapore", "token-singapore")
    assert data["deployments"][0]["cost"]["currency"] == "CNY"
    assert "Converted at the stated rate 1 USD = 2 CNY" in out["html"].read_text()


def test_a_fake_run_is_called_so_first(tmp_path: Path) -> None:
    result = _report(runs.capacity(tmp_path / "a", loads=LOADS, target="fake"), "--out", tmp_path / "r.html")
    assert result.output.splitlines()[:2] == ["target: fake - all numbers are made up", "no recommendation:"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "no results that can be read"),
        (["a", "a"], "given twice"),
        (["a", "--slo", "ttft=1"], "an SLO limits"),
        (["a", "--price", "a=5"], "is no price"),
        (["a", "--price", "other=5CNY"], "no stack of this report"),
        (["a", "--compare", "a", "b"], "'b' is none of the runs"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    runs.capacity(tmp_path / "a", loads=LOADS)
    result = _report(*arguments)
    assert isinstance(result.exception, UserError)
    assert says in str(result.exception)
    assert result.exception.exit_code == USAGE
    assert not (tmp_path / "report.html").exists()


def test_a_wrong_rate_is_refused(tmp_path: Path) -> None:
    result = _report(runs.capacity(tmp_path / "a", loads=LOADS), "--currency-rate", "USD")
    assert isinstance(result.exception, RateError)


def test_prices_as_they_are_written() -> None:
    assert prices_of(["mu=216CNY", "ptu=5.4CNY", "ptu=0.2/0.4USD"]) == {
        "mu": {"hourly_price": {"amount": "216", "currency": "CNY", "assumed": False}},
        "ptu": {
            "hourly_price": {"amount": "5.4", "currency": "CNY", "assumed": False},
            "token_prices": {"input": "0.2", "output": "0.4", "cached": None, "currency": "USD", "assumed": False},
        },
    }
    with pytest.raises(UserError, match="second price of mu"):
        prices_of(["mu=216CNY", "mu=217CNY"])


def test_a_name_that_fits_several_runs_is_refused(tmp_path: Path) -> None:
    folders = [runs.capacity(tmp_path / part / "same", loads=LOADS, seed=seed) for seed, part in enumerate("ab")]
    result = _report(*folders, "--compare", "same", "same", "--out", tmp_path / "r.html")
    assert "'same' is several of the runs of this report" in str(result.exception)
