#!/usr/bin/env python3
"""Runs one user's program for the language host, in the Python of the program's own environment, and reports how it failed.

Exit codes: 0; 32 where the failure has been shown to the user; what the program passed to sys.exit otherwise.
"""

import argparse
import asyncio
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

# Ended by the engine at the user's Ctrl-C: no KeyboardInterrupt traceback in the middle of the engine's own report.
signal.signal(signal.SIGINT, signal.SIG_DFL)

try:
    import pulumi
    import pulumi.runtime
except ImportError:
    traceback.print_exc()
    print(
        f"\nThe Pulumi SDK is not installed in this Python ({sys.executable}). Have you run pip install?\n"
        "If the program has a virtual environment, name it by the `virtualenv` option in Pulumi.yaml and run `pulumi install`.",
        file=sys.stderr,
    )
    sys.exit(1)

ALREADY_REPORTED = 32
# Frames between this file and the user's: the module runner, the import system, the event loop, and the SDK's own entry point.
OURS = (os.path.abspath(__file__), runpy.__file__, "<frozen ", os.path.dirname(asyncio.__file__), pulumi.runtime.stack.__file__)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "organization", "root-directory", "parallel", "dry-run"):
        parser.add_argument("--" + name, default="")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs="*")
    return parser.parse_args()


def configure(options: argparse.Namespace) -> None:
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=options.monitor,
            engine=options.engine,
            project=options.project,
            stack=options.stack,
            parallel=int(options.parallel),
            dry_run=options.dry_run == "true",
            organization=options.organization,
            root_directory=options.root_directory,
        )
    )


def users_traceback(error: BaseException) -> str:
    """The traceback from the user's first frame on. What it was raised from begins there anyway."""
    report = traceback.TracebackException.from_exception(error)
    frames = list(report.stack)
    theirs = next((index for index, frame in enumerate(frames) if not frame.filename.startswith(OURS)), None)
    if theirs is not None:
        report.stack = traceback.StackSummary.from_list(frames[theirs:])
    elif isinstance(error, SyntaxError):
        report.stack = traceback.StackSummary.from_list([])  # the file and line are in the error itself
    return "".join(report.format())


def main() -> int:
    options = arguments()
    configure(options)
    sys.argv = [options.program, *options.arguments]
    program = os.path.abspath(options.program)
    if os.path.isdir(program) and not os.path.isfile(os.path.join(program, "__main__.py")):
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        return ALREADY_REPORTED
    # As when the program were run by hand: its own folder is where it imports from, this file's is not.
    sys.path[0] = program if os.path.isdir(program) else os.path.dirname(program)

    # Outputs that never resolve after an error are no news to the user: asyncio's complaints about them are.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(int(options.parallel), 1) * 4)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(options.program, run_name="__main__") and None))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return ALREADY_REPORTED
    except Exception as error:  # noqa: BLE001 - reported, whatever it is
        pulumi.log.error("Program failed with an unhandled exception:\n" + users_traceback(error))
        return ALREADY_REPORTED
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
