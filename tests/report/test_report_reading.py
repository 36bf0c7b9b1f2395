"""Which runs make a report, and what of a point follows from the SLO."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourways.benchmark import results
from fourways.benchmark.plan import Load
from fourways.benchmark.workload import Length, Workload
from fourways.report.reading import ReportError, read
from tests.report import runs


def test_runs_are_read_as_they_were_written(tmp_path: Path) -> None:
    one, other = runs.capacity(tmp_path / "a"), runs.token(tmp_path / "b")
    found = read([one, other])
    assert [each.name for each in found] == ["mu-singapore", "token-singapore"]
    assert [each.kind for each in found] == ["model-unit", "token"]
    assert list(found[0].points) == results.load(one).points


def test_a_stack_measured_twice_is_told_apart_by_its_runs(tmp_path: Path) -> None:
    found = read([runs.capacity(tmp_path / "a"), runs.capacity(tmp_path / "b", seed=1)])
    assert [each.name for each in found] == ["mu-singapore (mu-singapore-0)", "mu-singapore (mu-singapore-1)"]


def test_what_is_made_up_does_not_stand_beside_what_was_measured(tmp_path: Path) -> None:
    folders = [runs.capacity(tmp_path / "a"), runs.token(tmp_path / "b", target="fake")]
    with pytest.raises(ReportError, match="b was measured on the fake, a on the cloud"):
        read(folders)


def test_one_run_given_twice_is_refused(tmp_path: Path) -> None:
    folder = runs.capacity(tmp_path / "a")
    with pytest.raises(ReportError, match="mu-singapore-0 is given twice"):
        read([folder, folder])


@pytest.mark.parametrize("what", ["nothing", "no run", "another format", "a point less"])
def test_what_is_no_run_is_refused(tmp_path: Path, what: str) -> None:
    folder = runs.capacity(tmp_path / "a")
    if what == "another format":
        (folder / "run.json").write_text('{"format": 2}')
    if what == "a point less":
        (folder / "c4.json").unlink()
    with pytest.raises(ReportError):
        read([] if what == "nothing" else [tmp_path if what == "no run" else folder])


def test_different_slos_need_a_word(tmp_path: Path) -> None:
    folders = [runs.capacity(tmp_path / "a"), runs.token(tmp_path / "b", slo={"ttft_ms": 50.0})]
    with pytest.raises(ReportError, match=r"a: ttft_ms=200,tpot_ms=20; b: ttft_ms=50\): say which one"):
        read(folders)
    assert {str(point["slo"]) for each in read(folders, {"ttft_ms": 50.0}) for point in each.points} == {"{'ttft_ms': 50.0}"}


def test_one_slo_holds_for_runs_that_stated_none(tmp_path: Path) -> None:
    found = read([runs.capacity(tmp_path / "a"), runs.token(tmp_path / "b", slo={})])
    assert all(point["slo"] == runs.SLO and point["goodput_share"] is not None for each in found for point in each.points)


def test_another_slo_gives_what_measuring_by_it_would_have_given(tmp_path: Path) -> None:
    slo = {"ttft_ms": 140.0, "e2el_ms": 400.0}

    def change(made: runs.Sample) -> None:
        runs.overflows(3)(made)
        runs.retries(4)(made)

    plain = runs.capacity(tmp_path / "a", change=change)
    by_it = runs.capacity(tmp_path / "b", change=change, slo=slo)
    again, measured = read([plain], slo)[0].points, read([by_it])[0].points
    assert list(again) == list(measured)
    assert {"without_retries", "reservation"} <= set(again[0])
    assert 0 < again[-1]["goodput_share"] < 1


def test_raw_samples_that_are_missing_are_an_error_where_they_are_needed(tmp_path: Path) -> None:
    folder = runs.capacity(tmp_path / "a")
    (folder / "c4.samples.npz").unlink()
    assert len(read([folder])[0].points) == 3
    with pytest.raises(ReportError, match=r"c4\.samples\.npz"):
        read([folder], {"ttft_ms": 1.0})


def test_a_workload_is_the_same_whatever_its_prompts_are_drawn_from(tmp_path: Path) -> None:
    longer = Workload(input=Length(99, 99), output=Length(10, 10))
    loads = (Load(concurrency=1),)
    folders = [
        runs.capacity(tmp_path / "a", loads=loads),
        runs.token(tmp_path / "b", loads=loads, seed=5),
        runs.write(tmp_path / "c", stack="c", loads=loads, workload=longer),
    ]
    one, other, long = read(folders)
    assert one.workload == other.workload != long.workload
