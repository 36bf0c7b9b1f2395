#!/usr/bin/python3
"""keyed.py -m sglang.launch_server ARGUMENTS: runs the module with `--api-key`, taken from SGLANG_API_KEY.

SGLang takes its key only as an argument, where `ps` would show it, and logs all its arguments when it starts (entrypoints/engine.py,
0.5.10; its `--config` file ends there too). Here the key joins the arguments inside the process, and what is logged has stars instead.
"""

import logging
import os
import runpy
import sys
from typing import Any


def hide(key: str) -> None:
    """Let no log record carry the key."""
    made = logging.getLogRecordFactory()

    def record(*arguments: Any, **more: Any) -> logging.LogRecord:
        given = made(*arguments, **more)
        try:
            text = given.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit the message: logging itself reports that
            text = repr((given.msg, given.args))
        if key in text:
            given.msg, given.args = text.replace(key, "***"), ()
        return given

    logging.setLogRecordFactory(record)


if __name__ == "__main__":
    # Not in the environment either, which the engine hands to all its processes.
    secret = os.environ.pop("SGLANG_API_KEY")
    hide(secret)
    sys.argv = [sys.argv[2], *sys.argv[3:], "--api-key", secret]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
