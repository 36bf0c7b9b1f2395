"""What the files of the user data set going: the engine of a systemd unit, and what the boot does before it. Pure.

The engine is the unit under /etc/systemd/system/ whose ExecStart runs `vllm serve` or `sglang.launch_server`. What the boot fetches is in
/etc/fourways/boot.env, KEY=value a line: REGION, KMS_SECRET, WEIGHTS (oss://bucket/folder/), NODES, NODE_RANK (0: the head), HEAD_IP and
HEAD_PORT, and LOAD_NAME for the unit that runs report_load.py with the names of two metrics. Without that file nothing is fetched, and the
engine starts right away. That units are started is taken for granted.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fourways.fakes.services.shared import engine_command
from fourways.fakes.services.shared.completions import Engine

BOOT_ENV = "/etc/fourways/boot.env"
UNITS = "/etc/systemd/system/"
# Ports without --port: vLLM's `vllm serve --help` and SGLang's `server_args.py`.
PORTS = {"vllm": 8000, "sglang": 30000}
_TENSOR = ("--tensor-parallel-size", "-tp", "--tp-size", "--tp")
_PIPELINE = ("--pipeline-parallel-size", "-pp", "--pp-size", "--pp")
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")


@dataclass(frozen=True)
class EngineUnit:
    """`kind` is vllm or sglang. `gpus` is what tensor and pipeline parallel take over all machines. `key` stands on the command line
    itself; blank where none does. `metrics` says whether GET /metrics answers, `worker` that the engine's server is on another machine."""

    unit: str
    kind: str
    engine: Engine
    port: int
    gpus: int
    metrics: bool
    worker: bool = False
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class LoadReport:
    """The application group of CloudMonitor, which is the dimension `deployment` too, and the metrics' names."""

    name: str
    queue: str
    gpu: str


@dataclass(frozen=True)
class Plan:
    """What a machine does from its boot on. `nodes` machines with one `head_ip` make one engine; `rank` 0 is its head."""

    engine: EngineUnit | None = None
    region: str = ""
    secret: str = ""
    weights: str = ""
    nodes: int = 1
    rank: int = 0
    head_ip: str = ""
    head_port: int = 0
    report: LoadReport | None = None


def read(files: Mapping[str, str]) -> Plan:
    boot = _environment(files.get(BOOT_ENV, ""))
    return Plan(
        engine=_engine(files),
        region=boot.get("REGION", ""),
        secret=boot.get("KMS_SECRET", ""),
        weights=boot.get("WEIGHTS", ""),
        nodes=engine_command.number(boot.get("NODES", "")) or 1,
        rank=engine_command.number(boot.get("NODE_RANK", "")) or 0,
        head_ip=boot.get("HEAD_IP", ""),
        head_port=engine_command.number(boot.get("HEAD_PORT", "")) or 0,
        report=_report(files, boot.get("LOAD_NAME", "")),
    )


def _engine(files: Mapping[str, str]) -> EngineUnit | None:
    for unit, words in _commands(files):
        kind = _kind(words)
        if kind:
            return _read_command(unit, kind, words)
    return None


def _report(files: Mapping[str, str], name: str) -> LoadReport | None:
    for _, words in _commands(files):
        if name and len(words) == 3 and words[0].rpartition("/")[2] == "report_load.py":
            return LoadReport(name, words[1], words[2])
    return None


def _commands(files: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The units and the words of what they start."""
    for path, text in files.items():
        if path.startswith(UNITS) and path.endswith(".service"):
            known = _unit_environment(text, files)
            for command in _settings(text, "ExecStart"):
                yield path.rpartition("/")[2], _words(command, known)


def _read_command(unit: str, kind: str, words: list[str]) -> EngineUnit:
    def number(options: tuple[str, ...], otherwise: int) -> int:
        found = engine_command.values(words, options)
        return (engine_command.number(found[0]) if found else None) or otherwise

    key = "".join(engine_command.values(words, ("--api-key",))[:1])
    return EngineUnit(
        unit=unit,
        kind=kind,
        engine=engine_command.read(words, unit.removesuffix(".service")),
        port=number(("--port",), PORTS[kind]),
        gpus=number(_TENSOR, 1) * number(_PIPELINE, 1),
        metrics=kind == "vllm" or "--enable-metrics" in words,
        worker="--headless" in words or number(("--node-rank",), 0) > 0,
        key="" if "$" in key else key,  # a variable that is set on the machine only
    )


def _kind(words: list[str]) -> str:
    if any(word == "sglang.launch_server" for word in words):
        return "sglang"
    return "vllm" if any(first.rpartition("/")[2] == "vllm" and second == "serve" for first, second in itertools.pairwise(words)) else ""


def _words(command: str, known: Mapping[str, str]) -> list[str]:
    """The words of an ExecStart line, its variables filled in where they are known; a command inside a shell's -c is taken apart too."""
    found: list[str] = []
    for word in engine_command.split(command.lstrip("@-:+!|")):
        filled = _VARIABLE.sub(lambda match: "$" if match[0] == "$$" else known.get(match[1] or match[2], match[0]), word)
        filled = filled.replace("%%", "%")
        found += engine_command.split(filled) if " " in word and ("serve" in word or "launch_server" in word) else [filled]
    return found


def _settings(text: str, name: str) -> list[str]:
    """Values of a unit's setting in order, continued lines joined; an empty one forgets those before it (systemd.service)."""
    found: list[str] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        left, equals, value = line.strip().partition("=")
        if equals and left.strip() == name:
            found = [*found, value.strip()] if value.strip() else []
    return found


def _unit_environment(text: str, files: Mapping[str, str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for value in _settings(text, "Environment"):
        known |= dict(word.split("=", 1) for word in engine_command.split(value) if "=" in word)
    for path in _settings(text, "EnvironmentFile"):
        known |= _environment(files.get(path.lstrip("-"), ""))
    return known


def _environment(text: str) -> dict[str, str]:
    """KEY=value lines, values quoted or not; comments and blank lines between."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            try:
                found[name.strip()] = " ".join(shlex.split(value))
            except ValueError:
                found[name.strip()] = value
    return found
