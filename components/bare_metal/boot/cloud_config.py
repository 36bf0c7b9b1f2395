"""The cloud-init file of a machine. Pure."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.bare_metal.boot import gpu_software
from components.bare_metal.boot.engine_unit import KEY_VARIABLE, PROGRAMS, engine_unit, fetch_seconds
from components.bare_metal.boot.machine import Machine, boot_settings
from fourways.catalog.machine_metrics import metric

MOST_BYTES = 32 * 1024
"""Before it is encoded in base64 (RunInstances of ECS and CreateScalingConfiguration of ESS, UserData)."""
_HERE = Path(__file__).parent
_UNITS = "/etc/systemd/system"


class TooLarge(ValueError):
    """The user data is over the cloud's limit."""


def user_data(machine: Machine) -> str:
    """The machine's `#cloud-config`, not yet encoded. Raises TooLarge."""
    config = {
        "ssh_pwauth": False,
        # The keys that a key pair brings are root's.
        "disable_root": not machine.ssh,
        "package_update": False,
        "package_upgrade": False,
        "package_reboot_if_required": False,
        "write_files": [*_settings(machine), *_programs(machine), *_units(machine)],
        "runcmd": list(_commands(machine)),
    }
    text = f"#cloud-config\n# {machine.engine} on a GPU machine; what happens at boot: docs/bare-metal-boot.md. No secret is in here.\n"
    text += yaml.dump(config, Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True)
    if (size := len(text.encode())) > MOST_BYTES:
        raise TooLarge(f"the user data has {size} bytes, the cloud takes {MOST_BYTES}: shorten the engine's arguments or environment")
    return text


def _settings(machine: Machine) -> Iterator[dict[str, Any]]:
    lines = boot_settings(machine) | (gpu_software.settings() if not machine.ready else {})
    yield _file("/etc/fourways/boot.env", "".join(f"{name}={value}\n" for name, value in lines.items()))
    yield _file("/etc/systemd/journald.conf.d/fourways.conf", "[Journal]\nStorage=persistent\nSystemMaxUse=2G\n")
    if not machine.ready:
        yield _file("/etc/yum.repos.d/fourways-gpu.repo", gpu_software.repositories())
    if machine.log_group:
        yield _file("/etc/ilogtail/user_defined_id", f"{machine.log_group}\n")


def _programs(machine: Machine) -> Iterator[dict[str, Any]]:
    names = ["instance_role.py", "weights_disk.py", "fetch_weights.py", "crc64.py", "wait_healthy.py"]
    if machine.is_head:
        names.append("fetch_key.py")
    if machine.load_name:
        names.append("report_load.py")
    if machine.engine == "sglang" and machine.is_head:
        names.append("keyed.py")
    if machine.starts_ray:
        names.append("ray_head.sh")
    if not machine.ready:
        names.append("install_gpu.sh")
    if machine.log_group:
        names.append("install_logs.sh")
    for name in names:
        yield _file(f"{PROGRAMS}/{name}", _program(name), permissions="0755")


def _units(machine: Machine) -> Iterator[dict[str, Any]]:
    yield _unit("weights-disk")
    yield _unit("weights", SECONDS=fetch_seconds(machine.weights_gib))
    if machine.is_head:
        yield _unit("key", VARIABLE=KEY_VARIABLE[machine.engine])
    yield _unit("image", IMAGE=machine.image)
    if not machine.ready:
        yield _unit("gpu")
    if machine.log_group:
        yield _unit("logs")
    if machine.gpu_exporter:
        yield _unit("gpu-exporter", IMAGE=machine.gpu_exporter)
    if machine.load_name:
        yield _unit("load", QUEUE=metric("queue").name, GPU=metric("gpu").name)
    yield _file(f"{_UNITS}/fourways-engine.service", engine_unit(machine))


def _commands(machine: Machine) -> Iterator[list[str]]:
    if not machine.ssh:
        yield ["systemctl", "mask", "--now", "sshd.service", "ssh.service", "ssh.socket"]
    # Nothing is updated, and so nothing restarted, under a serving engine: a new image is rolled out instead.
    yield ["systemctl", "mask", "--now", "dnf-automatic.timer", "apt-daily-upgrade.timer", "unattended-upgrades.service"]
    yield ["systemctl", "restart", "systemd-journald.service"]
    yield ["systemctl", "daemon-reload"]
    asked = {"logs": machine.log_group, "gpu-exporter": machine.gpu_exporter, "load": machine.load_name}
    extra = [f"fourways-{name}.service" for name, given in asked.items() if given]
    # cloud-init must not wait for hours of loading.
    yield ["systemctl", "enable", "--now", "--no-block", "fourways-engine.service", *extra]


def _unit(name: str, **settings: object) -> dict[str, Any]:
    text = _text(f"units/fourways-{name}.service")
    for setting, value in settings.items():
        text = text.replace(f"@{setting}@", str(value))
    return _file(f"{_UNITS}/fourways-{name}.service", text)


def _file(path: str, content: str, **more: str) -> dict[str, Any]:
    """Root's, and 0644 where `permissions` says nothing else: cloud-init's own defaults."""
    return {"path": path, **more, "content": content}


@cache
def _program(name: str) -> str:
    text = _text(f"scripts/{name}")
    return _terse(text) if name.endswith(".py") else text


def _terse(program: str) -> str:
    """Python without what is for those who read it here, for the cloud takes no more: of docstrings only the module's first line, no lines
    of comment, half the indentation. By its tokens: parsing it into a tree fails now and then where other threads do so too (Python 3.11).
    """
    lines, left_out = program.splitlines(), set[int]()
    before = None
    for token in tokenize.generate_tokens(io.StringIO(program).readline):
        if token.type in (tokenize.COMMENT, tokenize.NL):
            continue
        first, last = token.start[0] - 1, token.end[0] - 1
        if token.type == tokenize.STRING and before is None and last > first:
            lines[first] += '"""'
            left_out.update(range(first + 1, last + 1))
        elif token.type == tokenize.STRING and before == tokenize.INDENT:
            left_out.update(range(first, last + 1))
        before = token.type
    left_out.update(number for number, line in enumerate(lines) if line.lstrip().startswith("# "))
    kept = "".join(f"{line}\n" for number, line in enumerate(lines) if number not in left_out)
    return re.sub("^ +", lambda found: found[0][::2], kept, flags=re.MULTILINE)


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text()


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such, and commands on one line each."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _write_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=all(isinstance(item, str) for item in items))


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(list, _write_list)
