"""Malformed stack files as files: each gives one message a mistake, with file, key, what was given, what is allowed and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.settings import SettingsError, read_stack_file
from tests.stacks.test_malformed_stack_files import FILES, MALFORMED

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("malformed_files.yaml").read_text(encoding="utf-8"))
GOOD, CASES = TABLE["good"], TABLE["cases"]
LINE = re.compile(r"  (?P<file>\S+): (?P<key>.+?): given (?P<given>.+?); allowed: (?P<allowed>.+?); to do: (?P<todo>.+)")


def content(case: dict[str, Any]) -> str:
    """The file of a case: whole, or the good one with text replaced and without its last `drop` lines."""
    if "file" in case:
        return str(case["file"])
    text = GOOD
    for old, new in case["put"].items():
        assert old in text, f"the good file has no {old!r}"
        text = text.replace(old, new, 1)
    return text if "drop" not in case else "".join(text.splitlines(keepends=True)[: -case["drop"]])


def problems(path: Path, text: str) -> str:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError) as caught:
        read_stack_file(path)
    return str(caught.value)


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.good.yaml"
    path.write_text(GOOD)
    assert read_stack_file(path).stack == "good"


def test_two_hundred_files_are_tried() -> None:
    assert len(CASES) + len(MALFORMED) + len(FILES) >= 200
    assert len({content(case) for case in CASES.values()}) == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_file_gets_one_message_a_mistake(name: str, tmp_path: Path) -> None:
    case, path = CASES[name], tmp_path / "Pulumi.bad.yaml"
    message = problems(path, content(case))
    head, *lines = message.splitlines()
    assert re.fullmatch(rf"{re.escape(str(path))} has (1 problem|\d+ problems); nothing was declared", head)
    told = [LINE.fullmatch(line) for line in lines]
    assert all(told), message
    assert [match["key"] for match in told if match] == case.get("keys", [case.get("key")]), message
    assert all(match["file"] == str(path) for match in told if match)
    assert case["says"] in message
    assert all(len(line) < 800 and line.isprintable() for line in lines), message
    assert "hunter2" not in message
    assert "Traceback" not in message


def test_aliases_of_aliases_do_not_fill_the_memory(tmp_path: Path) -> None:
    levels = "".join(f"  l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]\n" for level in range(1, 10))
    message = problems(tmp_path / "Pulumi.bad.yaml", f"config:\n  l0: &l0 x\n{levels}")
    assert "more than 10000 values with its aliases" in message


@pytest.mark.parametrize("brackets", ["[", "{a: "])
def test_a_file_nested_without_end(brackets: str, tmp_path: Path) -> None:
    message = problems(tmp_path / "Pulumi.bad.yaml", "config:\n  fourways:owner: " + brackets * 5000)
    assert "nested too deeply" in message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.bad.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"given Is a directory; allowed: a text file"):
        read_stack_file(tmp_path / "Pulumi.bad.yaml")
