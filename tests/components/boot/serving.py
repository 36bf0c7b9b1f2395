"""What runs on a small machine, as its clients see it, and what must be seen nowhere on it."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import replace

from components.bare_metal.boot import Machine
from tests.components.boot.small_machines import SmallMachine


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def on_port(machine: Machine, port: int) -> Machine:
    words = zip(("", *machine.arguments), machine.arguments, strict=False)
    return replace(machine, port=port, arguments=tuple(str(port) if before == "--port" else word for before, word in words))


def get(port: int, path: str, key: str | None = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def up(small: SmallMachine) -> None:
    """Waits for what is being started."""
    started = small.run("systemctl", "start", "fourways-engine.service")
    assert started.returncode == 0, started.stderr + small.journal()


def nothing_knows(small: SmallMachine, secret: str) -> None:
    assert secret not in small.journal()
    assert secret not in small.run("systemctl", "show", "fourways-engine.service", "fourways-key.service").stdout
    assert secret not in small.run("bash", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout
    found = small.run("grep", "--recursive", "--files-with-matches", "--text", secret, "/etc", "/opt", "/var", "/tmp", "/run")
    assert found.stdout == "/run/fourways/engine.env\n"
    assert small.run("stat", "--format=%a %U", "/run/fourways/engine.env", "/run/fourways").stdout == "600 root\n700 root\n"
