"""What is written down before anything is made: whole or not at all, and who is at work is told from who was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fourways.ephemeral import journal as journals
from fourways.ephemeral.journal import Entry, Journal, JournalError, Process

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HERE = Process(host="here", pid=42, started=1000.0)


def a_journal(folder: Path, run: str = "abc123") -> Journal:
    (folder / run).mkdir(parents=True, exist_ok=True)
    return Journal(
        run=run,
        project="fourways",
        target="cloud",
        account="1234567890123456",
        folder=str(folder / run),
        backend=(folder / run / "state").as_uri(),
        began=NOW,
        expires_at=NOW.replace(hour=15),
        budget=("200USD", "10CNY"),
        process=HERE,
        entries=(
            Entry(source="mu-singapore", stack=f"bench-{run}-1", region="ap-southeast-1"),
            Entry(source="mu-beijing", stack=f"bench-{run}-2", region="cn-beijing"),
        ),
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = a_journal(tmp_path)
    journals.write(written)
    assert journals.read(tmp_path / "abc123" / journals.FILE) == written
    assert (written.stacks, written.regions) == (("bench-abc123-1", "bench-abc123-2"), ("ap-southeast-1", "cn-beijing"))


def test_where_a_copy_stands_is_kept_and_the_other_is_left_alone(tmp_path: Path) -> None:
    moved = a_journal(tmp_path).at("bench-abc123-2", "up")
    journals.write(moved)
    assert [entry.step for entry in journals.read(tmp_path / "abc123" / journals.FILE).entries] == ["planned", "up"]


def test_a_write_that_is_cut_off_leaves_the_journal_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = a_journal(tmp_path)
    journals.write(before)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        journals.write(before.at("bench-abc123-1", "up"))
    assert journals.find(tmp_path) == [before]


def test_runs_that_have_ended_are_not_looked_for(tmp_path: Path) -> None:
    first, second = a_journal(tmp_path, "bbb222"), replace(a_journal(tmp_path, "aaa111"), began=NOW.replace(hour=13))
    for one in (second, first, replace(a_journal(tmp_path, "ccc333"), ended=NOW)):
        journals.write(one)
    assert journals.find(tmp_path) == [first, second]
    assert journals.find(tmp_path / "nothing-here") == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}', '{"format": 1, "run": "abc123"}'])
def test_what_cannot_be_read_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "abc123" / journals.FILE
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(JournalError, match=str(path)):
        journals.find(tmp_path)


def test_nothing_secret_is_written(tmp_path: Path) -> None:
    journals.write(a_journal(tmp_path))
    keys = set(json.loads((tmp_path / "abc123" / journals.FILE).read_text()))
    where, when = {"project", "target", "account", "folder", "backend"}, {"began", "expires_at", "ended"}
    assert keys == {"format", "run", "budget", "process", "entries"} | where | when


@pytest.mark.parametrize(
    ("process", "host", "hour", "at_work"),
    [
        (HERE, "here", 14, True),
        (HERE, "here", 16, True),
        (replace(HERE, started=1004.0), "here", 14, True),
        (replace(HERE, started=2000.0), "here", 14, False),
        (replace(HERE, pid=43), "here", 14, False),
        (replace(HERE, pid=43), "there", 14, True),
        (replace(HERE, pid=43), "there", 15, False),
    ],
    ids=[
        "the same",
        "the same, late",
        "read a little later",
        "another with its pid",
        "gone",
        "another host's, which cannot be asked",
        "another host's, expired",
    ],
)
def test_who_is_at_work(tmp_path: Path, process: Process, host: str, hour: int, at_work: bool) -> None:
    assert journals.going_on(a_journal(tmp_path), host, [process], NOW.replace(hour=hour)) is at_work
