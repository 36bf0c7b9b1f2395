#!/usr/bin/env python3
"""Makes what a machine without Pulumi needs; only the standard library, so that it runs before anything is installed.

    python3 toolchain/bootstrap.py venv         the tree's .venv with every Python dependency
    python3 toolchain/bootstrap.py toolchain    Pulumi's engine, the Python language host and the alicloud plugin
    python3 toolchain/bootstrap.py all          both
    python3 toolchain/bootstrap.py path         the folder of `pulumi` (--json: also the plugin and where they come from)
    python3 toolchain/bootstrap.py plugin --pulumi-home DIR    shows the built alicloud plugin to a PULUMI_HOME

Environment: FOURWAYS_CACHE (where results go, default ~/.cache/fourways); FOURWAYS_TOOLCHAIN=build (build also where a `pulumi` is on
PATH).
Exit codes: 0 done, 1 something is missing (one message says what and what to do), 130 interrupted.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before an import that an older Python could not read
    sys.exit(
        "Python 3.11 or newer is needed, this is {}.{} ({}).\n".format(*sys.version_info[:2], sys.executable)
        + "Install it (Debian, Ubuntu: apt install python3.11 python3.11-venv; macOS: brew install python@3.11)\n"
        + "and run this with it: python3.11 toolchain/bootstrap.py ..."
    )

import argparse
import json
import signal
from pathlib import Path

from bootstrapping import places
from bootstrapping.report import Problem, say


def main(arguments: list[str]) -> int:
    """Runs one command; prints a problem as one message."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("venv", help="make the tree's .venv")
    for name, what in (("toolchain", "build the engine, the language host and the plugin"), ("all", "venv and toolchain")):
        command = commands.add_parser(name, help=what)
        command.add_argument("--build", action="store_true", help="build even where a `pulumi` is on PATH")
    path = commands.add_parser("path", help="print the folder of `pulumi`")
    path.add_argument("--json", action="store_true", help="also the plugin's folder and where both come from")
    plugin = commands.add_parser("plugin", help="show the built alicloud plugin to a PULUMI_HOME")
    plugin.add_argument("--pulumi-home", type=Path, required=True)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(options)
    except Problem as problem:
        say(f"error: {problem}")
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted: nothing half-made is left, and what Go has compiled is kept: run the same command again to go on")
        return 130


def run(options: argparse.Namespace) -> int:
    # Imported here: the two quick commands need none of it.
    if options.command in ("venv", "all"):
        from bootstrapping import venv

        venv.ensure(places.TREE)
    if options.command in ("toolchain", "all"):
        from bootstrapping import toolchain

        toolchain.ensure(force=options.build)
    if options.command == "path":
        from bootstrapping import toolchain

        found = toolchain.find()
        print(json.dumps(found.as_json()) if options.json else found.bin)
    if options.command == "plugin":
        from bootstrapping import plugin, toolchain

        plugin.show(toolchain.find(), options.pulumi_home)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
