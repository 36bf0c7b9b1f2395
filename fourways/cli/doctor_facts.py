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

from fourways.cli.doctor_facts_eas import eas_facts
from fourways.cli.doctor_facts_instances import instance_facts
from fourways.cli.errors import UserError
from fourways.cli.project import project_name
from fourways.cli.toolchain import BOOTSTRAP, OLDEST_PULUMI, pulumi_version
from fourways.cli.workspace import Workspace, cloud_workspace
from fourways.cloud.ownership import format_time
from fourways.costs import Budget
from fourways.doctor import Facts, Lock, Planned, Tools
from fourways.recovery import locks
from stacks.kinds.bare_metal import BareMetalServing
from stacks.kinds.on_eas import OnEas
from stacks.kinds.ptu import PtuServing
from stacks.kinds.studio_unit import StudioUnitServing
from stacks.kinds.token import TokenServing
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
    budget = settings.budget
    return Facts(
        project=settings.project,
        stack=settings.stack,
        region=settings.region,
        pinned_account=settings.account,
        **_of_kind(settings),
        budget=None if budget is None else Budget(amount=budget.amount, currency=budget.currency, per=budget.per),
        today=datetime.now(UTC).date(),
        tools=tools,
        state=found.export,
        state_problem=found.problem,
        locks=found.locks,
    )


def _of_kind(settings: Settings) -> dict[str, Any]:
    """What is known of what runs, by the stack's kind."""
    serving = settings.deployment
    if isinstance(serving, OnEas):
        return eas_facts(settings, serving)
    if isinstance(serving, BareMetalServing):
        return instance_facts(settings, serving)
    assert isinstance(serving, TokenServing | PtuServing | StudioUnitServing)
    return {
        "at": "model-studio",
        "model": serving.model.id,
        "workspace": serving.workspace,
        "bought": _bought(serving),
        "planned": planned_at_model_studio(serving),
    }


def _bought(serving: TokenServing | PtuServing | StudioUnitServing) -> str:
    if isinstance(serving, PtuServing):
        return f"{serving.reservation.input_tpm} in / {serving.reservation.output_tpm} out TPM"
    return f"{serving.capacity.units} x {serving.capacity.spec}" if isinstance(serving, StudioUnitServing) else ""


def planned_at_model_studio(serving: TokenServing | PtuServing | StudioUnitServing) -> tuple[Planned, ...]:
    """The same of a stack at Model Studio: the key, and the reservation or the units."""
    model = serving.model.id
    found = [Planned(type="fourways:modelstudio:ApiKey", name="key", inputs={"models": list(serving.key.models or [model])})]
    if isinstance(serving, PtuServing):
        wanted = serving.reservation.model_dump(by_alias=True)
        found.append(Planned(type="fourways:modelstudio:Reservation", name="reservation", inputs={"model": model, **wanted}))
    if isinstance(serving, StudioUnitServing):
        bought = {"spec": serving.capacity.spec, "units": serving.capacity.units}
        found.append(Planned(type="fourways:modelstudio:ModelUnitDeployment", name="units", inputs=bought))
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
    installed = sorted(path for path in home.glob(f"{PLUGIN}*") if path.is_dir())  # beside each, pulumi keeps files such as *.lastused
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
