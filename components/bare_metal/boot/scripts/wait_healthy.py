#!/usr/bin/python3
"""Waits until the engine answers at HEALTH_URL, or is gone: systemd calls the unit up only then, and bounds the time."""

import os
import sys
import time
import urllib.request

PAUSE, TIMEOUT = 2, 5  # seconds


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT):
            return True
    except OSError:  # no answer yet, or an answer that says no
        return False


def main() -> None:
    url, process = os.environ["HEALTH_URL"], "/proc/" + os.environ["MAINPID"]
    while not healthy(url):
        if not os.path.exists(process):
            sys.exit("the engine ended before it answered")
        time.sleep(PAUSE)
    print("up: " + url)


if __name__ == "__main__":
    main()
