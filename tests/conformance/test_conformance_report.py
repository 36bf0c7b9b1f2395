"""The page of results: what passed, failed, was skipped, and what never ended."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

LOG = """\
=== RUN   TestA
--- PASS: TestA (12.34s)
PASS
"""
FAILED = """\
=== RUN   TestB
    testing.go:705: Step 0 error: errors during apply:
        Error: [31m[ERROR][0m resource.go:1: CreateThing Failed!!!
           Message: code: 404, Nothing is | found. request id: 1-2
--- FAIL: TestB (5.00s)
FAIL
"""
ENDLESS = "=== RUN   TestC\npanic: test timed out after 5m0s\n"
SKIPPED = "=== RUN   TestD\n    provider_test.go:1: Skipping unsupported region\n--- SKIP: TestD (0.00s)\n"


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("conformance_report", Path(__file__).with_name("report.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_results_are_counted_and_reasons_given(page: ModuleType) -> None:
    text = page.report([LOG, FAILED, ENDLESS, SKIPPED])
    assert "1 passed, 1 skipped, 2 failed." in text
    assert "| `TestA` | 12 |\n" in text
    assert "| `TestB` | 5 | Nothing is \\| found. |" in text
    assert "| `TestC` | - | did not end |" in text
    assert "| `TestD` | 0 | provider_test.go:1: Skipping unsupported region |" in text


def test_a_later_log_replaces_an_earlier_one(page: ModuleType) -> None:
    assert "1 passed, 0 skipped, 0 failed." in page.report([FAILED, FAILED.replace("--- FAIL", "--- PASS")])
