"""Stack files that do not work: each mistake names its key, and all are told at once. Nothing passes half read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stacks.settings import SettingsError, load, read_stack_file
from tests.stacks.mistakes import assert_told
from tests.stacks.stack_files import BENCHMARK, GOOD, REMOVED, changed


def both(*changes: tuple[str, Any], base: dict[str, Any] = GOOD) -> dict[str, Any]:
    config = base
    for path, value in changes:
        config = changed(path, value, config)
    return config


# What is changed, and the (key, words of its message) expected: exactly these problems, no more.
MALFORMED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "no region": (changed("alicloud:region", REMOVED), [("alicloud:region", "add the key")]),
    "unknown region": (changed("alicloud:region", "ap-southeast-9"), [("alicloud:region", 'did you mean "ap-southeast-')]),
    "region elsewhere": (GOOD | {"fourways:region": "cn-beijing"}, [("fourways:region", "set alicloud:region, the only place")]),
    "key in the file": (GOOD | {"alicloud:secretKey": "hunter2"}, [("alicloud:secretKey", "pulumi config rm alicloud:secretKey")]),
    "mistyped top key": (GOOD | {"fourways:ownr": "x"}, [("fourways:ownr", 'did you mean "owner"')]),
    "encrypted owner": (changed("owner", {"secure": "AAAB"}), [("fourways:owner", "write it in clear")]),
    "no environment": (changed("environment", REMOVED), [("fourways:environment", "production or benchmark")]),
    "unknown environment": (changed("environment", "producton"), [("fourways:environment", 'did you mean "production"')]),
    "no owner": (changed("owner", REMOVED), [("fourways:owner", "add the key")]),
    "empty owner": (changed("owner", ""), [("fourways:owner", "1-63 letters")]),
    "owner with spaces": (changed("owner", "the team"), [("fourways:owner", '"the team"')]),
    "account is a name": (changed("account", "my-account"), [("fourways:account", "id in quotes")]),
    "budget without amount": (changed("budget.amount", REMOVED), [("fourways:budget.amount", "add the key")]),
    "budget of nothing": (changed("budget.amount", 0), [("fourways:budget.amount", "above 0")]),
    "budget in euros": (changed("budget.currency", "EUR"), [("fourways:budget.currency", "CNY or USD")]),
    "budget is a number": (changed("budget", 60000), [("fourways:budget", "write a mapping")]),
    "workload without tokens": (GOOD | {"fourways:workload": {"peakTpm": 5}}, [("fourways:workload.tokensPerDay", "add the key")]),
    "workload mistyped": (
        GOOD | {"fourways:workload": {"tokensPerDay": 5, "peekTpm": 5}},
        [("fourways:workload.peekTpm", 'did you mean "peakTpm"')],
    ),
    "workload below its mean": (
        GOOD | {"fourways:workload": {"tokensPerDay": 8000000, "peakTpm": 5}},
        [("fourways:workload", "are 5,556 a minute on the mean: give at least that")],
    ),
    "workload of no time": (
        GOOD | {"fourways:workload": {"tokensPerDay": 5, "hours": {"start": 9, "end": 8}}},
        [("fourways:workload.hours", "end is after start")],
    ),
    "workload of a team without a rate": (
        GOOD | {"fourways:workload": {"tokensPerDay": 5, "team": {"size": 1, "currency": "USD"}}},
        [("fourways:workload.team.hourlyRate", "add the key")],
    ),
    "no network": (changed("network", REMOVED), [("fourways:network", "add the key")]),
    "network is not JSON": (changed("network", "{cidr"), [("fourways:network", "write a mapping")]),
    "cidr is no range": (changed("network.cidr", "ten"), [("fourways:network.cidr", "private IPv4 range")]),
    "cidr with host bits": (changed("network.cidr", "10.40.3.0/16"), [("fourways:network.cidr", "did you mean 10.40.0.0/16?")]),
    "public cidr": (changed("network.cidr", "8.8.0.0/16"), [("fourways:network.cidr", "inside 10.0.0.0/8")]),
    "small cidr": (changed("network.cidr", "10.0.0.0/26"), [("fourways:network.cidr", "larger range")]),
    "everything": (changed("network.cidr", "0.0.0.0/0"), [("fourways:network.cidr", "inside 10.0.0.0/8")]),
    "no zones": (changed("network.zones", []), [("fourways:network.zones", "at least one zone")]),
    "zones is one text": (changed("network.zones", "ap-southeast-1a"), [("fourways:network.zones", "write a list")]),
    "zone elsewhere": (changed("network.zones", ["cn-beijing-h"]), [("fourways:network.zones[0]", "zones of ap-southeast-1")]),
    "zone twice": (changed("network.zones", ["ap-southeast-1a"] * 2), [("fourways:network.zones[1]", "each zone once")]),
    "nat is text": (changed("network.nat", "yes"), [("fourways:network.nat", "true or false without quotes")]),
    "no serving": (changed("serving", REMOVED), [("fourways:serving", "add the key")]),
    "no kind": (changed("serving.kind", REMOVED), [("fourways:serving.kind", "set the kind")]),
    "mistyped kind": (changed("serving.kind", "model_unit"), [("fourways:serving.kind", 'did you mean "model-unit"')]),
    "upper-case name": (changed("serving.name", "DeepSeek"), [("fourways:serving.name", "lower-case")]),
    "name with a dash": (changed("serving.name", "deep-seek"), [("fourways:serving.name", "underscores")]),
    "short name": (changed("serving.name", "ds"), [("fourways:serving.name", "3-63")]),
    "long name": (changed("serving.name", "d" * 64), [("fourways:serving.name", "3-63")]),
    "no room for the run id": (
        both(("serving.name", "d" * 60), ("run-id", "a1b2"), base=BENCHMARK),
        [("fourways:serving.name", "at most 58 beside a run id")],
    ),
    "no model": (changed("serving.model", REMOVED), [("fourways:serving.model", "add the key")]),
    "model of no known size": (
        changed("serving.model.id", "deepseek-v4-flush"),
        [("fourways:serving.model.id", 'did you mean "deepseek-v4-flash"')],
    ),
    "no weights": (changed("serving.model.weights", REMOVED), [("fourways:serving.model", "no place of the weights")]),
    "weights twice": (changed("serving.model.gallery", "models/x/"), [("fourways:serving.model", "weights and gallery")]),
    "weights without slash": (changed("serving.model.weights", "oss://bucket/x"), [("fourways:serving.model.weights", "ends in a slash")]),
    "weights from the web": (changed("serving.model.weights", "https://x/"), [("fourways:serving.model.weights", "an OSS folder")]),
    "units that make no machines": (changed("serving.capacity.units", 6), [("fourways:serving.capacity.units", "allowed: 4 or 8;")]),
    "no units": (changed("serving.capacity.units", 0), [("fourways:serving.capacity.units", "1-800")]),
    "units are text": (changed("serving.capacity.units", "4"), [("fourways:serving.capacity.units", "whole number without quotes")]),
    "units are true": (changed("serving.capacity.units", True), [("fourways:serving.capacity.units", "whole number")]),
    "half a unit": (changed("serving.capacity.units", 4.5), [("fourways:serving.capacity.units", "whole number")]),
    "unknown spec": (changed("serving.capacity.spec", "MU11"), [("fourways:serving.capacity.spec", 'did you mean "MU1"')]),
    "spec of unknown make": (
        changed("serving.capacity.spec", "MU2"),
        [("fourways:serving.capacity.spec", "no source says which GPUs MU2")],
    ),
    "source of later": (changed("serving.capacity.source", "eas-quota"), [("fourways:serving.capacity.source", "set kind: eas with")]),
    "unknown source": (changed("serving.capacity.source", "gpu"), [("fourways:serving.capacity.source", "or model-studio")]),
    "unknown charge type": (changed("serving.capacity.chargeType", "Free"), [("fourways:serving.capacity.chargeType", "PostPaid")]),
    "snake case": (
        changed("serving.capacity.charge_type", "PostPaid"),
        [("fourways:serving.capacity.charge_type", 'did you mean "chargeType"')],
    ),
    "adopts a name": (changed("serving.capacity.adopt", "my-group"), [("fourways:serving.capacity.adopt", "eas-r-")]),
    "more replicas than GPUs": (changed("serving.replicas.count", 2), [("fourways:serving.replicas.count", "buy more units")]),
    "replica over machines": (changed("serving.replicas.gpus", 16), [("fourways:serving.replicas.gpus", "does not span machines")]),
    "model over memory": (
        both(("serving.replicas.gpus", 1), ("serving.engine.tensorParallel", 1)),
        [("fourways:serving.replicas.gpus", "enough for the 149 GiB of weights")],
    ),
    "tensor parallel over GPUs": (
        changed("serving.engine.tensorParallel", 8),
        [("fourways:serving.engine.tensorParallel", "at most the 4 GPUs of a replica")],
    ),
    "pipeline over GPUs": (
        changed("serving.engine.pipelineParallel", 2),
        [("fourways:serving.engine.tensorParallel", "4 x pipelineParallel 2")],
    ),
    "surge without room": (changed("serving.update", "surge"), [("fourways:serving.update", "buy 4 GPUs more")]),
    "unknown update": (changed("serving.update", "inplace"), [("fourways:serving.update", 'did you mean "in-place"')]),
    "unknown end of a failed update": (
        changed("serving.onUpdateFailure", "roll-back"),
        [("fourways:serving.onUpdateFailure", 'did you mean "rollback"')],
    ),
    "unknown engine": (changed("serving.engine.name", "vlm"), [("fourways:serving.engine.name", 'did you mean "vllm"')]),
    "version is a number": (changed("serving.engine.version", 0.2), [("fourways:serving.engine.version", "in quotes")]),
    "engine too old": (
        changed("serving.engine.version", "0.14.0"),
        [("fourways:serving.engine.version", "0.20.0 or later: DeepSeek-V4-Flash needs it")],
    ),
    "no image of the version": (changed("serving.engine.version", "0.21.0"), [("fourways:serving.engine.version", "engine.image")]),
    "context too long": (changed("serving.engine.maxModelLen", 2_000_000), [("fourways:serving.engine.maxModelLen", "1-1048576 tokens")]),
    "memory fraction in percent": (
        changed("serving.engine.gpuMemoryFraction", 90),
        [("fourways:serving.engine.gpuMemoryFraction", "up to 1")],
    ),
    "argument that a setting writes": (
        changed("serving.engine.extraArguments", ["--enable-expert-parallel", "--max-model-len=9"]),
        [("fourways:serving.engine.extraArguments[1]", "set engine.maxModelLen")],
    ),
    "argument with a key": (
        changed("serving.engine.extraArguments", ["--api-key=hunter2"]),
        [("fourways:serving.engine.extraArguments[0]", "the endpoint has a key without it")],
    ),
    "token in the file": (changed("serving.token", "hunter2"), [("fourways:serving.token", "take it out")]),
    "allow-list": (changed("serving.access.allow", ["203.0.113.0/24"]), [("fourways:serving.access.allow", "has no allow-list")]),
    "public is text": (changed("serving.access.public", "true"), [("fourways:serving.access.public", "without quotes")]),
    "ttl in production": (changed("ttl", "4h"), [("fourways:ttl", "nothing in production")]),
    "end in production": (changed("expires-at", "2026-11-24T12:00:00Z"), [("fourways:expires-at", "nothing in production")]),
    "benchmark without ttl": (changed("ttl", REMOVED, BENCHMARK), [("fourways:ttl", "a benchmark must end")]),
    "benchmark without end": (
        changed("expires-at", REMOVED, BENCHMARK),
        [("fourways:expires-at", 'pulumi config set fourways:expires-at "$(date -u -d "now + 4 hours"')],
    ),
    "benchmark with neither": (
        changed("environment", "benchmark"),
        [("fourways:ttl", "add fourways:ttl"), ("fourways:expires-at", "pulumi config set")],
    ),
    "end without zone": (changed("expires-at", "2026-11-24T12:00:00", BENCHMARK), [("fourways:expires-at", "with a zone")]),
    "ttl in words": (changed("ttl", "four hours", BENCHMARK), [("fourways:ttl", "90m, 4h or 2d")]),
    "prepaid benchmark": (
        changed("serving.capacity.chargeType", "PrePaid", BENCHMARK),
        [("fourways:serving.capacity.chargeType", "a term cannot be given back")],
    ),
    "run id in production": (changed("run-id", "a1b2"), [("fourways:run-id", "nothing in production")]),
    "run id with a dash": (changed("run-id", "a-1"), [("fourways:run-id", "4-12 lower-case")]),
    "protect is a word": (changed("protect", "yes"), [("fourways:protect", "true")]),
    "mistakes everywhere": (
        both(
            ("owner", REMOVED),
            ("network.zones", ["cn-beijing-h"]),
            ("serving.engine.nam", "vllm"),
            ("serving.capacity.units", 3),
            ("serving.access.allow", ["10.0.0.0/8"]),
        ),
        [
            ("fourways:owner", "add the key"),
            ("fourways:serving.engine.nam", 'did you mean "name"'),
            ("fourways:network.zones[0]", "zones of ap-southeast-1"),
            ("fourways:serving.capacity.units", "allowed: 4;"),
            ("fourways:serving.access.allow", "take allow out"),
        ],
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_each_mistake_names_its_key_and_what_to_do(name: str) -> None:
    assert "hunter2" not in assert_told(*MALFORMED[name])


def test_the_good_one_is_good() -> None:
    assert load(GOOD, stack="good")
    assert load(BENCHMARK, stack="good")


def test_a_stack_without_settings_is_told_so_once() -> None:
    with pytest.raises(SettingsError, match="check the stack's name") as caught:
        load({"alicloud:region": "cn-beijing"}, stack="mu-singapor")
    assert len(caught.value.problems) == 1


FILES = {
    "not YAML": ("config: [", "correct it at the line"),
    "a tab": ("config:\n\tx: 1", "correct it at the line"),
    "a key twice": ("config:\n  fourways:owner: a\n  fourways:owner: b\n", "'fourways:owner' is given twice"),
    "nothing": ("", "write the settings under `config:`"),
    "no config": ("encryptionsalt: v1\n", "write the settings under `config:`"),
    "a list": ("config: [1]\n", "write the settings under `config:`"),
    "only others' keys": ("config:\n  aws:region: x\n", "no fourways: keys"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_stack_files(name: str, tmp_path: Path) -> None:
    content, words = FILES[name]
    path = tmp_path / "Pulumi.bad.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        read_stack_file(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_names_the_stacks_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.mu-singapore.yaml").write_text("config: {}")
    with pytest.raises(SettingsError, match='did you mean "mu-singapore"'):
        read_stack_file(tmp_path / "Pulumi.mu-singapor.yaml")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_stack_file(path)


def test_a_file_of_another_name(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("config: {fourways:owner: a}")
    with pytest.raises(SettingsError, match="name the file after its stack"):
        read_stack_file(path)


def test_times_in_a_file_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text("config:\n  fourways:expires-at: 2026-11-24T12:00:00\n")
    with pytest.raises(SettingsError, match=r"given \"2026-11-24T12:00:00\""):
        read_stack_file(path)
