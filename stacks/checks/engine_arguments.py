"""Whether the engine takes what it is given: extra arguments, and the names that settings pass on, by the table of its version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fourways.catalog.engine_arguments.tables import Table
from stacks.engine_arguments import chosen, fault, names_not_taken, only_warns, reading
from stacks.engine_flags import written
from stacks.problems import Problem

if TYPE_CHECKING:
    from stacks.kinds.engine import Engine

EXTRA = "fourways:serving.engine.extraArguments"
MACHINES = "the machines of a replica are no arguments"
LISTENS = "the engine listens where the service expects it"
READABLE = "a secret here would be readable to whoever may look at the service; "
#: What is written besides the engine's settings, and what never is.
FIXED = {
    "--served-model-name": "model.id",
    "--model": "model.weights",
    "--model-path": "model.weights",
    "--host": LISTENS,
    "--port": LISTENS,
    "--uds": LISTENS,
    "--api-key": f"{READABLE}the endpoint has a key without it",
    "--admin-api-key": f"{READABLE}the engine has no other users than its clients",
    "--hf-token": f"{READABLE}the weights are in place when the engine starts",
    "--ssl-keyfile-password": f"{READABLE}the engine speaks plain HTTP behind the endpoint",
    "--nnodes": MACHINES,
    "--node-rank": MACHINES,
    "--dist-init-addr": MACHINES,
    "--master-addr": MACHINES,
    "--master-port": MACHINES,
    "--headless": MACHINES,
}


def arguments_are_extra(engine: Engine) -> Iterator[Problem]:
    """No argument repeats what a setting says: given twice, the later one would win, unseen by checks and policies."""
    for position, flag, instead in _taken(engine):
        yield Problem(
            key=f"{EXTRA}[{position}]",
            given=flag,  # never its value: it may be a key
            allowed="arguments that no setting writes",
            todo=f"take it out and set {instead}" if "." in instead else f"take it out: {instead}",
        )


def arguments_are_known(engine: Engine) -> Iterator[Problem]:
    """The engine's parser takes the extra arguments. For an image of a version that no table knows, preview warns
    instead (stacks/engine_lines.py)."""
    if only_warns(engine):
        return
    taken = {position for position, _, _ in _taken(engine)}
    for mistake in reading(engine).mistakes:
        position = engine.places[mistake.at]
        if position not in taken:  # one thing at a time: taken out, it is no mistake any more
            yield Problem(key=f"{EXTRA}[{position}]", **fault(mistake, chosen(engine).table)._asdict())


def names_are_known(engine: Engine) -> Iterator[Problem]:
    """The engine knows the quantization and the type of the KV cache."""
    if only_warns(engine):
        return
    for key, wrong in names_not_taken(engine):
        yield Problem(key=f"fourways:serving.engine.{key}", **wrong._asdict())


def _taken(engine: Engine) -> list[tuple[int, str, str]]:
    """The extra arguments that settings write: the place in the list, the flag, and what says it instead."""
    if not engine.extra_arguments:
        return []
    table, found = chosen(engine).table, reading(engine)
    reserved = FIXED | written(engine)
    if engine.multi_node == "ray":
        reserved["--distributed-executor-backend"] = "engine.multiNode"
    by_flag = _by_flag(reserved, table)
    read = [(one.at, one.written, one.flag.flag) for one in found.given]
    read += [(one.at, one.written, one.flags[0].flag if len(one.flags) == 1 else "") for one in found.mistakes]
    taken = {}
    for at, spelled, flag in sorted(read):
        # vLLM takes --api_key for --api-key; where the other engine does not, the setting is the better word, too.
        if instead := by_flag.get(flag) or reserved.get(spelled.replace("_", "-")):
            taken[at] = (engine.places[at], spelled, instead)
    return list(taken.values())


def _by_flag(reserved: Mapping[str, str], table: Table) -> dict[str, str]:
    """The same by the name that the table has first, whatever spelling it goes by."""
    return {flag.flag: instead for spelling, instead in reserved.items() if (flag := table.find(spelling)) is not None}
