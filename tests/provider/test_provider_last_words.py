"""The end of a log in an error: of the right instance, bounded, and without a secret."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.provider.eas.services.last_words import failing, secrets_of
from fourways.provider.last_lines import CHARACTERS, LINES, bounded
from fourways.provider.values import Properties


def instance(name: str, status: str = "CrashLoopBackOff", restarts: int = 0, ready: int = 0, at: str = "") -> dict[str, Any]:
    return {"InstanceName": name, "Status": status, "RestartCount": restarts, "ReadyProcesses": ready, "TotalProcesses": 1, "StartTime": at}


@pytest.mark.parametrize(
    ("instances", "name"),
    [
        ([], None),
        ([instance("old", "Running", ready=1), instance("new")], "new"),
        ([instance("one", restarts=1), instance("more", restarts=5), instance("none")], "more"),
        ([instance("first", at="2026-01-01"), instance("second", at="2026-01-02")], "second"),
        ([instance("loads", "Running")], "loads"),
        ([instance("waits", "Pending"), instance("ends", "Terminating"), instance("serves", "Running", ready=1)], None),
        ([{"InstanceName": "bare", "Status": "Running"}, {"InstanceName": "odd", "RestartCount": "many"}], "odd"),
    ],
)
def test_the_instance_that_fails_most_is_asked(instances: list[dict[str, Any]], name: str | None) -> None:
    found = failing(instances)
    assert (found or {}).get("InstanceName") == name


@given(st.lists(st.text(max_size=3000), max_size=30))
def test_it_is_bounded_and_steers_no_terminal(lines: list[str]) -> None:
    shown = bounded(lines, [])
    assert len(shown) <= LINES
    assert sum(map(len, shown)) <= CHARACTERS + len("...")
    assert all(line.isprintable() for line in shown)


def test_the_last_lines_are_kept_in_their_order() -> None:
    assert bounded([f"line {number}" for number in range(50)], []) == [f"line {number}" for number in range(40, 50)]
    assert bounded(["a\n\nb", "", "c\r\n"], []) == ["a", "b", "c"]
    assert bounded(["first", "x" * 3000], []) == ["..." + "x" * CHARACTERS]


def test_secrets_go_before_anything_is_cut() -> None:
    assert bounded(["k" * 3000 + "sekret" + "l" * (CHARACTERS - 3)], ["sekret"])[0].endswith("l" * (CHARACTERS - 3))
    assert "sekret"[-3:] not in bounded(["sekret" + "l" * (CHARACTERS - 3)], ["sekret"])[0][3:6]
    assert bounded(["se\x1b[31mkret"], ["sekret"]) == ["[secret]"]


def test_what_is_secret_in_the_inputs() -> None:
    config = {
        "dockerAuth": base64.b64encode(b"user:registry-password").decode(),
        "containers": [
            {
                "env": [
                    {"name": "API_KEY", "value": "ab1"},
                    {"name": "HOME", "value": "/root"},
                    {"name": "DSN", "value": "postgres://u:p@h"},
                    {"name": "PEM", "value": "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----"},
                    {"name": "MARKED", "value": "short"},
                    {"name": "NOTHING"},
                ]
            }
        ],
    }
    inputs = Properties(
        plain={"token": "the-token", "config": config}, secrets=frozenset([("token",), ("config", "containers", 0, "env", 4)])
    )
    found = secrets_of(inputs)
    assert {"the-token", "registry-password", "ab1", "postgres://u:p@h", "MIIEvQIBADANBg", "short"} <= found
    assert "/root" not in found
    assert secrets_of(Properties(plain={"config": {"dockerAuth": "not base64", "containers": "none"}})) - {""} == set()
