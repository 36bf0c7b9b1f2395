"""Whose lock it is, and whether its owner is dead."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fourways.recovery import locks
from fourways.recovery.locks import Lock, Process

AT = datetime(2026, 11, 24, 13, tzinfo=UTC)
LOCK = Lock(where="f", pid=4711, user="ann", host="here", at=AT)
SINCE = AT.timestamp()


@pytest.mark.parametrize(
    ("host", "process", "dead"),
    [
        ("here", None, "process 4711 is gone"),
        ("here", Process(name="bash", started=SINCE - 10), "another program now (bash)"),
        ("here", Process(name="pulumi", started=SINCE + 60), "younger than the lock"),
        ("here", Process(name="pulumi", started=SINCE - 10), None),
        ("here", Process(name="pulumi", started=SINCE + 1), None),
        ("there", None, None),
    ],
)
def test_a_dead_owner(host: str, process: Process | None, dead: str | None) -> None:
    said = locks.judge(LOCK, host, process)
    assert said == dead if dead is None else dead in (said or "")


def write(folder: Path, *parts: str, **change: object) -> Path:
    path = folder.joinpath(".pulumi", "locks", *parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": 4711, "username": "ann", "hostname": "here", "timestamp": "2026-11-24T14:00:00.123456789+01:00", **change}
    path.write_text(json.dumps(content))
    return path


def test_locks_of_one_stack_are_read_in_both_layouts(tmp_path: Path) -> None:
    mine = write(tmp_path, "organization", "fourways", "mu", "a.json")
    old = write(tmp_path, "mu", "b.json")
    write(tmp_path, "organization", "fourways", "other", "c.json")
    write(tmp_path, "organization", "another", "mu", "d.json")
    found = locks.read(tmp_path.as_uri(), "fourways", "mu", Path())
    assert [lock.where for lock in found] == [str(mine), str(old)]
    assert found[0].at == datetime(2026, 11, 24, 13, 0, 0, 123456, tzinfo=UTC)
    assert str(found[0]) == "process 4711 of ann on here, since 2026-11-24T13:00:00Z"


def of_time(time: str) -> str:
    return json.dumps({"pid": 1, "username": "a", "hostname": "h", "timestamp": time})


@pytest.mark.parametrize("text", ["", "[]", "{}", of_time("soon"), of_time("2026-11-24T13:00:00")])
def test_an_unreadable_lock_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "mu", "a.json")
    path.write_text(text)
    with pytest.raises(locks.LockError, match=r"a\.json"):
        locks.read(tmp_path.as_uri(), "fourways", "mu", Path())


def test_no_folder_is_no_lock(tmp_path: Path) -> None:
    assert locks.read(tmp_path.as_uri(), "fourways", "mu", Path()) == []


ERROR = """error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with \
`pulumi cancel`.
  s3://bucket/.pulumi/locks/organization/fourways/mu/5b1.json: created by ann@here (pid 4711) at 2026-11-24T14:00:00+01:00
  s3://bucket/.pulumi/locks/organization/fourways/mu/5b2.json: created by DOM\\bob@there.example (pid 7) at 2026-11-24T13:00:00Z
"""


def test_other_backends_tell_their_locks_in_the_error() -> None:
    assert [(lock.pid, lock.user, lock.host, lock.at) for lock in locks.told(ERROR)] == [
        (4711, "ann", "here", AT),
        (7, "DOM\\bob", "there.example", AT),
    ]
    assert locks.told("error: no such bucket") == []


def test_backends_by_url() -> None:
    urls = ("file:///tmp/x", "file://~", "s3://b?region=r", "azblob://c", "https://app.pulumi.com/ann")
    assert [locks.backend(url) for url in urls] == ["file", "file", "diy", "diy", "cloud"]
    assert locks.folder("file:///tmp/a%20b", Path("/base")) == Path("/tmp/a b")
    assert locks.folder("file://~/state", Path("/base")) == Path.home() / "state"
    assert locks.folder("file://./state", Path("/base")) == Path("/base/state")


def test_this_process_runs_and_a_pid_of_nobody_does_not() -> None:
    import os

    found = locks.running(os.getpid())
    assert found is not None
    assert found.started > 0
    assert locks.running(2**22 + 1) is None
