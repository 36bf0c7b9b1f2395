"""Which stacks a change touches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fourways.cli.changed import NO_PREVIEW, changed_stacks, touched
from fourways.cli.errors import UserError
from fourways.cli.project import ROOT

STACKS = ["metal-singapore", "mu-beijing", "mu-singapore"]


@pytest.mark.parametrize(
    ("paths", "stacks"),
    [
        ([], []),
        (["stacks/Pulumi.mu-singapore.yaml"], ["mu-singapore"]),
        (["stacks/Pulumi.mu-singapore.yaml", "docs/team.md", "stacks/Pulumi.metal-singapore.yaml"], ["metal-singapore", "mu-singapore"]),
        (["stacks/Pulumi.taken-away.yaml"], []),
        (["docs/team.md", "README.md", "tests/checks/test_checks_report.py", ".github/workflows/pull-request.yml"], []),
        (["fourways/benchmark/runner.py"], []),
        (["stacks/settings.py"], STACKS),
        (["components/network.py"], STACKS),
        (["policies/config.yaml"], STACKS),
        (["fourways/provider/__main__.py"], STACKS),
        (["fourways/catalog/prices.yaml"], STACKS),
        (["requirements.txt"], STACKS),
        (["a/folder/nobody/has/heard/of.py"], STACKS),
        (["stacks/Pulumi.mu-singapore.yaml", "__main__.py"], STACKS),
    ],
)
def test_paths_to_stacks(paths: list[str], stacks: list[str]) -> None:
    assert touched(paths, STACKS) == stacks


def test_what_is_said_to_touch_no_preview_is_read_by_none() -> None:
    """The program, the provider, the policy pack and the check load nothing from there."""
    loads = "import components, stacks.program, fourways.provider.server, policies.adapter, fourways.checks.comment, fourways.cli.check"
    script = f"import sys; {loads}; print(*(getattr(m, '__file__', '') or '' for m in list(sys.modules.values())), sep='\\n')"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = {str(path.relative_to(ROOT)) for line in said.splitlines() if line and (path := Path(line)).is_relative_to(ROOT)}
    ours = {path for path in ours if not path.startswith(".venv/")}
    assert {"components/__init__.py", "fourways/costs/estimate.py", "policies/adapter.py"} <= ours
    assert not [path for path in ours if path.startswith(NO_PREVIEW)]


def test_what_is_said_to_touch_no_preview_is_there() -> None:
    assert not [path for path in NO_PREVIEW if not (ROOT / path).exists()]


def test_the_working_tree_counts_and_the_base_s_own_changes_do_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "stacks").mkdir()
    for stack in ("mu-singapore", "mu-beijing", "payg-singapore"):
        (tmp_path / "stacks" / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    git("init", "--initial-branch", "main")
    git("add", ".")
    git("commit", "--message", "first")
    git("checkout", "-b", "change")
    git("checkout", "main")
    (tmp_path / "stacks" / "Pulumi.mu-beijing.yaml").write_text("config: {a: 1}\n")
    git("commit", "--all", "--message", "on main alone")
    git("checkout", "change")
    assert changed_stacks("main", tmp_path) == []
    (tmp_path / "stacks" / "Pulumi.mu-singapore.yaml").write_text("config: {b: 1}\n")
    git("commit", "--all", "--message", "committed")
    (tmp_path / "stacks" / "Pulumi.payg-singapore.yaml").write_text("config: {c: 1}\n")
    assert changed_stacks("main", tmp_path) == ["mu-singapore", "payg-singapore"]
    (tmp_path / "new.py").write_text("")
    assert "metal-singapore" in changed_stacks("main", tmp_path)


def test_an_unknown_base_says_what_git_says() -> None:
    with pytest.raises(UserError, match="nowhere"):
        changed_stacks("nowhere", ROOT)
