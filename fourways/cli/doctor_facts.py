"""What the doctor is told: settings, tools and state of a stack as plain data. Builds nothing and creates no stack."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fourways.catalog import units
from fourways.catalog.units import MachineLayout
from fourways.cli.errors import UserError
from fourways.cli.project import project_name
from fourways.cli.toolchain import BOOTSTRAP, OLDEST_PULUMI, pulumi_version
from fourways.cli.workspace import Workspace, cloud_workspace
from fourways.cloud.ownership import format_time
from fourways.costs import Budget
from fourways.doctor import Facts, Lock, Planned, Tools
from fourways.recovery import locks
from stacks.model import Settings

PLUGIN = "resource-alicloud-v"
OLDEST_PYTHON = "3.11"


@dataclass(frozen=True, kw_only=True)
class State:
    """What the state backend says of a stack: its export (None: it has none), why it could not be read, the locks on it."""

    export: Mapping[str, Any] | None = None
    problem: str = ""
    locks: tuple[Lock, ...] = ()


def gather(settings: Settings, workspace: Workspace | None) -> Facts:
    """Everything that can be known here. `workspace`: the fake's; None for the cloud's, looked at only where there is a `pulumi`."""
    tools = find_tools(workspace)
    found = State(problem="no pulumi, so no state")
    if tools.pulumi is not None:
        try:
            found = read_state(workspace or cloud_workspace(), settings.stack)
        except UserError as error:  # a pulumi that is too old: told with the tools, and here it is only the reason
            found = State(problem=str(error))
    serving = settings.deployment
    layout = serving.capacity.machines(serving.replicas.gpus)
    card = units.unit(serving.capacity.spec)
    budget = settings.budget
    return Facts(
        project=settings.project,
        stack=settings.stack,
        region=settings.region,
        service=settings.service_name,
        zones=settings.network.zones,
        nat=settings.network.nat,
        pinned_account=settings.account,
        bought=f"{serving.capacity.units} x {serving.capacity.spec}",
        machine=layout.instance_type,
        machines=layout.machines,
        adopted=serving.capacity.adopt,
        model=serving.model.id,
        weights=serving.model.weights or f"oss://pai-quickstart-{settings.region}/{serving.model.gallery}",
        weights_gib=serving.model.size_gib,
        room_gib=serving.replicas.gpus * card.gpu_memory_gib * serving.engine.gpu_memory_fraction,
        engine=serving.engine.name,
        version=serving.engine.version,
        image=serving.engine.image,
        planned=planned(settings, layout),
        budget=None if budget is None else Budget(amount=budget.amount, currency=budget.currency, per=budget.per),
        today=datetime.now(UTC).date(),
        tools=tools,
        state=found.export,
        state_problem=found.problem,
        locks=found.locks,
    )


def planned(settings: Settings, layout: MachineLayout) -> tuple[Planned, ...]:
    """The billed resources that the stack declares, with the inputs that decide their price (components/)."""
    capacity = settings.deployment.capacity
    found: list[Planned] = []
    if capacity.adopt is None:
        machines = {"instanceType": layout.instance_type, "instanceCount": layout.machines, "chargeType": capacity.charge_type}
        found.append(Planned(type="fourways:eas:ResourceGroup", name="machines", inputs=machines))
    if settings.network.nat:
        found.append(Planned(type="alicloud:vpc/natGateway:NatGateway", name="NAT gateway", inputs={"paymentType": "PayAsYouGo"}))
        found.append(Planned(type="alicloud:ecs/eipAddress:EipAddress", name="EIP", inputs={"paymentType": "PayAsYouGo"}))
    return tuple(found)


def find_tools(workspace: Workspace | None) -> Tools:
    """What is on this machine; a toolchain that is not built yet is not built now."""
    pulumi, built = (workspace.pulumi, False) if workspace is not None else (None, False)
    own = shutil.which("pulumi")
    plugin = None
    if pulumi is None and own is not None and os.environ.get("FOURWAYS_TOOLCHAIN") != "build":
        pulumi = Path(own)
    elif pulumi is None:
        answer = subprocess.run([sys.executable, str(BOOTSTRAP), "path", "--json"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            found = json.loads(answer.stdout)
            pulumi, built = Path(found["bin"]) / "pulumi", found.get("plugin") is not None
            plugin = Path(found["plugin"]).name.removeprefix(PLUGIN) if built else None
    environment = workspace.environment if workspace is not None else os.environ
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    installed = sorted(home.glob(f"{PLUGIN}*"))
    if plugin is None and installed:
        plugin = installed[-1].name.removeprefix(PLUGIN)
    return Tools(
        pulumi=None if pulumi is None else ".".join(map(str, pulumi_version(str(pulumi)))),
        pulumi_path=str(pulumi or ""),
        oldest_pulumi=".".join(map(str, OLDEST_PULUMI)),
        plugin=plugin,
        plugin_needed=pulumi is None or built,
        python=platform.python_version(),
        oldest_python=OLDEST_PYTHON,
    )


def read_state(workspace: Workspace, stack: str) -> State:
    """The state as it is; no stack is made where there is none."""
    listed = workspace.capture("stack", "ls", "--json", "--non-interactive")
    if listed.returncode:
        return State(problem=f"the state backend does not answer: {_first(listed.stderr)}")
    names = [row["name"].rsplit("/", 1)[-1] for row in json.loads(listed.stdout)]
    held = find_locks(workspace, stack)
    if stack not in names:
        return State(locks=held)
    return State(export=workspace.state(stack), locks=held)


def find_locks(workspace: Workspace, stack: str) -> tuple[Lock, ...]:
    """The locks on a stack in a backend in a local folder, also those that cannot be read. Elsewhere they are not looked for: other
    backends tell them only to who takes one."""
    asked = workspace.capture("whoami", "--json", "--non-interactive")
    url = str(json.loads(asked.stdout).get("url") or "") if asked.returncode == 0 else ""
    files = locks.files(url, project_name(), stack, workspace.folder) if locks.backend(url) == "file" else []
    return tuple(lock for file in files if (lock := _lock(file)) is not None)


def _lock(file: Path) -> Lock | None:
    try:
        held = locks.read_one(file)
    except locks.LockError:
        return Lock(user="somebody", host=f"unknown ({file.name} cannot be read)", pid=0, since="an unknown time")
    return None if held is None else Lock(user=held.user, host=held.host, pid=held.pid, since=format_time(held.at))


def _first(text: str) -> str:
    """The first line that says anything."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")
