"""Fetching the weights: what is asked for, what is checked, and what is done again."""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import ModuleType

import pytest

from tests.components.boot.programs import program
from tests.components.boot.stand_in_cloud import BUCKET, FOLDER, ROLE, StandInCloud, crc64

MIB = 1 << 20
LARGE = "model.safetensors"


def contents() -> dict[str, bytes]:
    return {"config.json": b"{}", LARGE: random.Random(1).randbytes(3 * MIB + 17), "sub/a file+1.json": b"[]", "empty": b""}


def fetching(
    monkeypatch: pytest.MonkeyPatch, cloud: StandInCloud, folder: Path, *, weights: str = f"oss://{BUCKET}/{FOLDER}"
) -> ModuleType:
    monkeypatch.setattr("time.sleep", lambda _: None)
    given = {"REGION": "ap-southeast-1", "RAM_ROLE": ROLE, "WEIGHTS": weights, "WEIGHTS_FOLDER": str(folder), "RANGE_MIB": "1"}
    return program(monkeypatch, "fetch_weights", **given, **cloud.boot())


def there(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "_COMPLETE"}


def test_everything_arrives_once_and_a_marker_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        fetching(monkeypatch, cloud, tmp_path).main()
        assert there(tmp_path) == cloud.files
        assert sorted(asked for path, asked in cloud.asked if path == LARGE) == [
            f"bytes=0-{MIB - 1}", f"bytes={MIB}-{2 * MIB - 1}", f"bytes={2 * MIB}-{3 * MIB - 1}", f"bytes={3 * MIB}-{3 * MIB + 16}"
        ]  # fmt: skip
        assert json.loads((tmp_path / "_COMPLETE").read_text())["source"] == f"oss://{BUCKET}/{FOLDER}"
        assert cloud.wrong == []
        cloud.asked.clear()
        fetching(monkeypatch, cloud, tmp_path).main()
        assert cloud.asked == []


def test_a_later_boot_needs_no_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        fetching(monkeypatch, cloud, tmp_path).main()
    fetching(monkeypatch, cloud, tmp_path).main()


def test_a_file_that_is_gone_or_short_is_fetched_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        fetching(monkeypatch, cloud, tmp_path).main()
        (tmp_path / "config.json").write_text("{")
        cloud.asked.clear()
        fetching(monkeypatch, cloud, tmp_path).main()
        assert [path for path, _ in cloud.asked] == ["config.json"]
        assert there(tmp_path) == cloud.files


def test_a_cut_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with StandInCloud(contents(), cut=[LARGE]) as cloud:
        fetching(monkeypatch, cloud, tmp_path).main()
        assert there(tmp_path) == cloud.files
        assert len([path for path, _ in cloud.asked if path == LARGE]) == 5
    assert "again in" in capsys.readouterr().out


def test_what_is_not_what_oss_has_never_gets_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents(), spoil=[LARGE]) as cloud:
        with pytest.raises(OSError, match=rf"{LARGE}: what came is not what OSS has \(CRC64\)"):
            fetching(monkeypatch, cloud, tmp_path).main()
        assert LARGE not in there(tmp_path)
        assert not (tmp_path / "_COMPLETE").exists()
        fetching(monkeypatch, cloud, tmp_path).main()
        assert there(tmp_path) == cloud.files


def test_ranges_that_have_come_are_not_asked_for_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nor a number whose line was cut: then that range has to come again."""
    with StandInCloud(contents()) as cloud:
        content, etag = cloud.files[LARGE], f'"{crc64(cloud.files[LARGE]):016X}"'
        (tmp_path / f"{LARGE}.part").write_bytes(content[: 2 * MIB] + bytes(len(content) - 2 * MIB))
        (tmp_path / f"{LARGE}.ranges").write_text(f"{len(content)} {etag} {MIB}\n0\n1")
        fetching(monkeypatch, cloud, tmp_path).main()
        assert sorted(asked for path, asked in cloud.asked if path == LARGE) == [
            f"bytes={MIB}-{2 * MIB - 1}", f"bytes={2 * MIB}-{3 * MIB - 1}", f"bytes={3 * MIB}-{3 * MIB + 16}"
        ]  # fmt: skip
        assert there(tmp_path) == cloud.files


def test_a_line_that_was_cut_does_not_join_the_next_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        module = fetching(monkeypatch, cloud, tmp_path)
        incoming = module.Incoming(module.Bucket(f"oss://{BUCKET}/{FOLDER}"), LARGE)
        assert incoming.missing() == [0, 1, 2, 3]
        (ranges := tmp_path / f"{LARGE}.ranges").write_text(ranges.read_text() + "0\n1")
        assert incoming.missing() == [1, 2, 3]
        incoming.fetch(2)
        assert incoming.missing() == [1, 3]


def test_an_object_replaced_meanwhile_is_fetched_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        (tmp_path / f"{LARGE}.part").write_bytes(bytes(len(cloud.files[LARGE])))
        (tmp_path / f"{LARGE}.ranges").write_text(f'{len(cloud.files[LARGE])} "of the old one" {MIB}\n0\n1\n2\n3\n')
        fetching(monkeypatch, cloud, tmp_path).main()
        assert there(tmp_path) == cloud.files


def test_an_object_replaced_while_it_comes_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        module = fetching(monkeypatch, cloud, tmp_path)
        incoming = module.Incoming(module.Bucket(f"oss://{BUCKET}/{FOLDER}"), LARGE)
        incoming.missing()
        cloud.files[LARGE] = bytes(len(cloud.files[LARGE]))
        with pytest.raises(Exception, match="answered 412 PreconditionFailed"):
            incoming.fetch(0)


def test_another_folders_weights_are_not_taken_for_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        fetching(monkeypatch, cloud, tmp_path).main()
        with pytest.raises(SystemExit, match="oss://weights-bucket/other/ holds no files"):
            fetching(monkeypatch, cloud, tmp_path, weights=f"oss://{BUCKET}/other/").main()
        assert not (tmp_path / "_COMPLETE").exists()


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ("oss://other-bucket/model/", "other-bucket/ answered 403 AccessDenied: no"),
        (f"oss://{BUCKET}/nothing/", "holds no files, or is not there"),
    ],
)
def test_what_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, weights: str, says: str) -> None:
    with StandInCloud(contents()) as cloud, pytest.raises((SystemExit, Exception), match=says):
        fetching(monkeypatch, cloud, tmp_path, weights=weights).main()


@pytest.mark.parametrize("path", ["../outside", "part/../../outside", "/etc/outside", "part//file", "./file"])
def test_an_object_whose_name_leads_out_of_the_folder_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str) -> None:
    (folder := tmp_path / "weights").mkdir()
    with StandInCloud({**contents(), path: b"x"}) as cloud:
        with pytest.raises(SystemExit, match="is no path below the folder"):
            fetching(monkeypatch, cloud, folder).main()
        assert cloud.asked == []
        assert list(tmp_path.iterdir()) == [folder]


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with StandInCloud(contents()) as cloud:
        fetch_weights = fetching(monkeypatch, cloud, tmp_path)
        monkeypatch.setattr(fetch_weights.shutil, "disk_usage", lambda _: type("Usage", (), {"total": MIB}))
        with pytest.raises(SystemExit, match=f"has {3 * MIB + 21} bytes, the weights disk {MIB}: give the machine a larger one"):
            fetch_weights.main()
        assert cloud.asked == []


@pytest.mark.parametrize("size", [0, 1, 9, 65_535, 65_536, 65_537, 131_072, MIB, MIB + 1, 3 * MIB])
def test_crc64(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    """The check value of ECMA-182 as .xz has it, and one bit more or less."""
    matches = program(monkeypatch, "crc64").matches
    (path := tmp_path / "f").write_bytes(b"123456789")
    assert matches(str(path), 0x995DC9BBDF1939FA)
    path.write_bytes(data := random.Random(size).randbytes(size))
    assert matches(str(path), crc64(data))
    assert not matches(str(path), crc64(data) ^ 1)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if data else b"\0")
    assert not matches(str(path), crc64(data))
