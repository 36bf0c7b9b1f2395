"""The cloud-init files: golden ones, what holds for every machine, and what is refused."""

from __future__ import annotations

import ast
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from components.bare_metal.boot import Machine, user_data
from components.bare_metal.boot.cloud_config import MOST_BYTES, TooLarge
from components.bare_metal.boot.engine_unit import quoted
from tests.components.boot.boot_samples import LOG_GROUP, MACHINES, SGLANG, VLLM, by_ray, together

GOLDEN = Path(__file__).parent / "golden"
SCRIPTS = Path(__file__).parents[3] / "components/bare_metal/boot/scripts"


def files(machine: Machine) -> dict[str, str]:
    return {file["path"]: file["content"] for file in yaml.safe_load(user_data(machine))["write_files"]}


def engine_line(machine: Machine) -> list[str]:
    """As a reader of user data gets it: folded lines joined, then split as a shell would."""
    unit = files(machine)["/etc/systemd/system/fourways-engine.service"].replace("\\\n", " ")
    return shlex.split(next(line.removeprefix("ExecStart=") for line in unit.splitlines() if line.startswith("ExecStart=")))


@pytest.mark.parametrize("name", MACHINES)
def test_golden(name: str) -> None:
    """`UPDATE_GOLDEN=1 pytest tests/components/boot/test_boot_user_data.py` rewrites the files: look at their diff."""
    path, text = GOLDEN / f"{name}.yaml", user_data(MACHINES[name])
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_every_golden_file_is_one_that_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*")} == set(MACHINES)


@pytest.mark.parametrize("name", MACHINES)
def test_a_person_can_read_it(name: str) -> None:
    text = user_data(MACHINES[name])
    assert text.startswith("#cloud-config\n")
    assert "!!binary" not in text
    assert not re.search(r"^  content: \"", text, re.MULTILINE), "a file became one escaped line: it has blanks at a line's end, or tabs"
    assert len(text.encode()) < MOST_BYTES - 1024, "little room is left for longer arguments"


def undocumented(program: str) -> str:
    """What the program does."""
    tree = ast.parse(program)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.name)
def test_programs_mean_the_same_without_what_is_for_readers_here(path: Path) -> None:
    written = next((text for machine in MACHINES.values() if (text := files(machine).get(f"/opt/fourways/{path.name}"))), "")
    assert undocumented(written) == undocumented(path.read_text())
    assert any(line.startswith('"""') for line in written.splitlines()[:2])


@pytest.mark.parametrize("machine", [VLLM, SGLANG], ids=["vllm", "sglang"])
def test_all_that_can_be_asked_for_fits(machine: Machine) -> None:
    asked = replace(
        machine, ready=False, log_group="n" * 64, gpu_exporter="registry.example.com/nvidia/dcgm-exporter:4.2.3", load_name="n" * 64
    )
    assert len(user_data(asked).encode()) < MOST_BYTES - 1024


def test_the_engine_is_on_its_units_line() -> None:
    line = engine_line(VLLM)
    assert line[-len(VLLM.arguments) :] == list(VLLM.arguments)
    line = engine_line(SGLANG)
    start = line.index("python3")
    assert line[start:] == ["python3", "/opt/fourways/keyed.py", *SGLANG.arguments[1:]]


def test_several_machines() -> None:
    """Each runs its own part of the engine. Only the head has the key."""
    for machine, program in ((VLLM, ["vllm", "serve"]), (SGLANG, ["python3", "-m"])):
        worker = together(machine, 1)
        line = engine_line(worker)
        assert line[-len(worker.arguments) :] == list(worker.arguments)
        assert worker.arguments[:2] == tuple(program)
        assert {"NCCL_SOCKET_IFNAME=eth0", "GLOO_SOCKET_IFNAME=eth0"} <= set(line)
    for machine in (VLLM, SGLANG):
        assert "/opt/fourways/fetch_key.py" in files(together(machine, 0))
        assert not [path for path, text in files(together(machine, 1)).items() if "fetch_key" in path or "engine.env" in text]
        settings = files(together(machine, 1))["/etc/fourways/boot.env"].splitlines()
        port = {"vllm": 29501, "sglang": 5000}[machine.engine]
        assert {"NODES=2", "NODE_RANK=1", "HEAD_IP=10.40.0.10", f"HEAD_PORT={port}", "HEALTH_URL=http://10.40.0.10:8000/health"} <= set(
            settings
        )


def test_several_machines_by_ray() -> None:
    """The head starts Ray before the engine, workers have no engine of their own."""
    head, worker = by_ray(0), by_ray(1)
    assert engine_line(head)[-len(head.arguments) :] == ["/opt/fourways/ray_head.sh", "10.40.0.10", "6379", *head.arguments[3:]]
    assert engine_line(worker)[-5:] == ["ray", "start", "--address", "10.40.0.10:6379", "--block"]
    assert ["/opt/fourways/ray_head.sh" in files(machine) for machine in (head, worker, together(VLLM, 0))] == [True, False, False]
    assert "HEAD_PORT=6379" in files(worker)["/etc/fourways/boot.env"].splitlines()


def test_boot_settings() -> None:
    assert files(VLLM)["/etc/fourways/boot.env"].splitlines() == [
        "REGION=ap-southeast-1",
        "RAM_ROLE=deepseek-v4-flash-metal",
        "KMS_SECRET=deepseek-v4-flash-metal-key",
        "KMS_ENDPOINT=kms-vpc.ap-southeast-1.aliyuncs.com",
        "WEIGHTS=oss://llm-weights/deepseek-v4-flash/",
        "OSS_ENDPOINT=oss-ap-southeast-1-internal.aliyuncs.com",
        "METADATA_URL=http://100.100.100.200",
        "HEALTH_URL=http://127.0.0.1:8000/health",
        "NODES=1",
        "NODE_RANK=0",
    ]


def test_what_a_ready_image_needs_not() -> None:
    bare = replace(VLLM, ready=False)
    assert {path for path in files(bare) if path not in files(VLLM)} == {
        "/opt/fourways/install_gpu.sh",
        "/etc/yum.repos.d/fourways-gpu.repo",
        "/etc/systemd/system/fourways-gpu.service",
    }
    assert "DRIVER_VERSION" in files(bare)["/etc/fourways/boot.env"]


def test_large_weights_get_more_time() -> None:
    """And unknown ones the time of the largest."""
    units = ["/etc/systemd/system/fourways-weights.service", "/etc/systemd/system/fourways-engine.service"]
    times = [
        [re.findall(r"TimeoutStartSec=(\d+)", files(replace(VLLM, weights_gib=gib))[unit])[0] for unit in units] for gib in (160, 700, 0)
    ]
    assert times == [["2500", "2600"], ["7900", "5300"], ["7900", "5300"]]


def test_ssh_is_off_unless_asked_for() -> None:
    off = ["systemctl", "mask", "--now", "sshd.service", "ssh.service", "ssh.socket"]
    assert off in yaml.safe_load(user_data(VLLM))["runcmd"]
    assert off not in yaml.safe_load(user_data(replace(VLLM, ssh=True)))["runcmd"]


def test_logs_and_metrics_only_when_asked_for() -> None:
    assert "/etc/ilogtail/user_defined_id" not in files(VLLM)
    asked = replace(VLLM, log_group=LOG_GROUP, gpu_exporter="exporter:1")
    assert files(asked)["/etc/ilogtail/user_defined_id"] == "deepseek-v4-flash-metal\n"
    enabled = yaml.safe_load(user_data(asked))["runcmd"][-1]
    assert enabled[-3:] == ["fourways-engine.service", "fourways-logs.service", "fourways-gpu-exporter.service"]


def test_the_load_is_reported_where_it_has_a_name() -> None:
    assert "/opt/fourways/report_load.py" not in files(VLLM)
    asked = replace(VLLM, load_name="p-machines", port=9000)
    unit = files(asked)["/etc/systemd/system/fourways-load.service"]
    assert "ExecStart=/opt/fourways/report_load.py fourways_requests_waiting fourways_gpu_utilization\n" in unit
    assert {
        "LOAD_NAME=p-machines",
        "METRICS_URL=http://127.0.0.1:9000/metrics",
        "CMS_ENDPOINT=cms-vpc.ap-southeast-1.aliyuncs.com",
    } <= set(files(asked)["/etc/fourways/boot.env"].splitlines())
    assert yaml.safe_load(user_data(asked))["runcmd"][-1][-2:] == ["fourways-engine.service", "fourways-load.service"]


words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12).filter(str.isprintable)


@given(words)
@example("a\\\\ b")
@example("ends with \\")
@example('"')
def test_words_are_quoted_for_systemd_and_for_readers(word: str) -> None:
    """What is doubled for systemd alone apart, a shell's reading is the word."""
    line = quoted(word)
    assert shlex.split(line) == [word.replace("%", "%%").replace("$", "$$")]


@given(st.lists(words, max_size=4), st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), words, max_size=3))
def test_whatever_is_asked_for_stays_one_file_of_ours(extra: list[str], environment: dict[str, str]) -> None:
    """No argument and no value adds a file, a command or a line of its own."""
    machine = replace(VLLM, arguments=(*VLLM.arguments, *extra), environment=environment)
    config: dict[str, Any] = yaml.safe_load(user_data(machine))
    plain: dict[str, Any] = yaml.safe_load(user_data(VLLM))
    assert [file["path"] for file in config["write_files"]] == [file["path"] for file in plain["write_files"]]
    assert config["runcmd"] == plain["runcmd"]
    assert engine_line(machine)[-len(machine.arguments) :] == [word.replace("%", "%%").replace("$", "$$") for word in machine.arguments]


@pytest.mark.parametrize("name", MACHINES)
def test_no_secret_in_user_data(name: str) -> None:
    """Nothing is put in place of the key but the place where it will be; no word that names a secret has a value beside it."""
    text = user_data(MACHINES[name])
    outside = "\n".join(
        line for path, content in files(MACHINES[name]).items() if not path.endswith(".py") for line in content.splitlines()
    )
    assert not re.search(r"(?i)(api[_-]?key|password|token|secret)[ =:]+['\"]?[A-Za-z0-9+/_-]{16,}", outside.replace(VLLM.secret, "NAME"))
    assert "--api-key" not in outside
    assert not re.search(r"LTAI[A-Za-z0-9]{12,}|sk-[A-Za-z0-9]{8,}", text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"engine": "other"}, "engine: 'other' is none of vllm, sglang"),
        ({"weights": "https://bucket/model"}, "weights: .* is not of the form oss://bucket/folder/"),
        ({"weights": "oss://bucket/model"}, "weights: "),
        ({"weights": 'oss://bucket/a"b/'}, "weights: "),
        ({"image": "a b"}, "image: 'a b' is not one word"),
        ({"secret": "a\nb"}, "secret: "),
        ({"nodes": 2}, "head_ip: "),
        ({"node_rank": 1}, "node_rank: 1 is not below nodes"),
        ({"arguments": ("/opt/fourways/ray_head.sh", "10.0.0.1", "6379", "sh")}, "arguments: they have to begin with vllm serve"),
        ({"arguments": ("python3", "-m", "vllm")}, "arguments: they have to begin with vllm serve"),
        ({"arguments": (*VLLM.arguments, "a\nExecStartPre=/bin/sh")}, "arguments: .*do not print"),
        ({"load_name": "a b"}, "load_name: 'a b'"),
        ({"environment": {"A B": "c"}}, "environment: 'A B'"),
        ({"environment": {"A": "c\nd"}}, "environment: 'A'"),
        ({"boot": {"A": "c\nd"}}, "boot: 'A'"),
    ],
)
def test_what_could_not_boot_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(VLLM, **change)


def test_more_than_the_cloud_takes_is_refused() -> None:
    with pytest.raises(TooLarge, match=f"the cloud takes {MOST_BYTES}"):
        user_data(replace(VLLM, environment={"A": "b" * MOST_BYTES}))
