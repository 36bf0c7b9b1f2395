"""A state that pulumi cannot read any more because of the file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourways.recovery import sidecars


@pytest.mark.parametrize("place", [("fourways",), ()])
@pytest.mark.parametrize("name", ["mu.json.attrs", "mu.json.bak.attrs"])
@pytest.mark.parametrize("content", ["", '{"user.content_ty', "null"])
def test_only_what_cannot_be_read_and_belongs_to_the_stack_is_damaged(
    tmp_path: Path, place: tuple[str, ...], name: str, content: str
) -> None:
    folder = tmp_path.joinpath(".pulumi", "stacks", *place)
    folder.mkdir(parents=True)
    (folder / "mu.json").write_text("{}")
    (folder / "other.json.attrs").write_text("")
    (folder / "mu.json.attrs").write_text('{"user.content_type": "application/json"}')
    (folder / name).write_text(content)
    assert sidecars.damaged(tmp_path, "fourways", "mu") == [folder / name]
    sidecars.remove(sidecars.damaged(tmp_path, "fourways", "mu"))
    assert sidecars.damaged(tmp_path, "fourways", "mu") == []
    assert (folder / "mu.json").read_text() == "{}"
    assert (folder / "other.json.attrs").exists()


def test_a_backend_without_the_stack_has_none(tmp_path: Path) -> None:
    assert sidecars.damaged(tmp_path, "fourways", "mu") == []
