"""Raw samples: to disk and back, and merged, without a nanosecond lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.measures import chosen
from fourways.benchmark.samples import Sample, Samples
from tests.benchmark.samples import any_sample, sample


def _same(one: Samples, two: Samples) -> bool:
    columns = all(np.array_equal(one.columns[name], two.columns[name]) for name in one.columns)
    return columns and np.array_equal(one.chunks, two.chunks) and np.array_equal(one.offsets, two.offsets)


@given(st.lists(any_sample(), max_size=8))
def test_a_file_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list[Sample]) -> None:
    path = tmp_path_factory.mktemp("samples") / "c1.samples.npz"
    samples = Samples.of(rows)
    samples.save(path)
    assert _same(Samples.load(path), samples)


@given(st.lists(any_sample(), max_size=5), st.lists(any_sample(), max_size=5))
def test_merging_is_the_same_as_never_having_been_apart(one: list[Sample], two: list[Sample]) -> None:
    assert _same(Samples.merged([Samples.of(one), Samples.of(two)]), Samples.of([*one, *two]))


@given(st.lists(any_sample(), max_size=8), st.integers(0, 255))
def test_choosing_keeps_each_request_s_own_chunks(rows: list[Sample], bits: int) -> None:
    mask = [bool(bits >> number & 1) for number in range(len(rows))]
    kept = [row for row, keep in zip(rows, mask, strict=True) if keep]
    assert _same(chosen(Samples.of(rows), np.array(mask, dtype=bool)), Samples.of(kept))


def test_another_clock_moves_stamps_and_leaves_what_never_happened() -> None:
    failed = sample(0, 5, gaps=(), first=0, last=0, chunks=[])
    moved = Samples.of([failed, sample(1, 5)]).shifted(1000)
    assert moved.column("first").tolist() == [0, 105_001_000]
    assert moved.column("scheduled").tolist() == [5_001_000] * 2
    assert moved.column("output_tokens").tolist() == [1, 3]
    assert moved.chunks.tolist() == [105_001_000, 115_001_000, 125_001_000]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"no zip")
    with pytest.raises(ValueError, match="no file of raw samples"):
        Samples.load(path)
