"""`python -m fourways.fakes --port 4566 --folder DIR`: serve the fake cloud on loopback until it is told to stop.

The folder gets `ca.pem` and `server.pem` (its CA, and key and certificate of the server), `bundle.pem` (system roots and that CA),
`cloud.pickle` (the state; all of it is kept over restarts) and `server.json` ({"port", "pid", "ca", "bundle"}, written once the fake
answers, gone when it has stopped).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from fourways.fakes.clock import Clock
from fourways.fakes.cloud import DEFAULT_REGION, Cloud
from fourways.fakes.server import bind, run, state_file
from fourways.fakes.services import SERVICES
from fourways.fakes.storage import Storage
from fourways.fakes.tls import make_authority, write_bundle


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fourways.fakes", description="Serve the fake cloud on loopback.")
    parser.add_argument("--port", type=int, default=4566, help="0 takes a free port")
    parser.add_argument("--folder", type=Path, required=True, help="where the CA, the state and server.json go")
    parser.add_argument("--speed", type=float, default=1.0, help="fake seconds per real second; 0 stands still until it is moved")
    parser.add_argument("--region", default=DEFAULT_REGION, help="region of calls that name none")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        listener = bind(options.port)
    except OSError as error:
        print(
            f"port {options.port} on 127.0.0.1 cannot be used ({error.strerror}): stop what holds it, or choose another with --port",
            file=sys.stderr,
        )
        return 1
    storage = Storage(state_file(folder))
    try:
        cloud = storage.load() or Cloud(SERVICES, clock=Clock(), default_region=options.region)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    cloud.clock.set_speed(options.speed)
    port = listener.getsockname()[1]
    cloud.base_url = f"http://127.0.0.1:{port}"
    ca, bundle = folder / "ca.pem", folder / "bundle.pem"
    context = make_authority(ca)
    write_bundle(ca, bundle)
    about = folder / "server.json"

    def ready() -> None:
        part = about.with_suffix(".part")
        part.write_text(json.dumps({"port": port, "pid": os.getpid(), "ca": str(ca), "bundle": str(bundle)}))
        os.replace(part, about)
        print(f"fake cloud on http://127.0.0.1:{port} and https://127.0.0.1:{port}, CA {ca}", flush=True)

    try:
        run(cloud, listener, context, storage, ready)
    finally:
        about.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
