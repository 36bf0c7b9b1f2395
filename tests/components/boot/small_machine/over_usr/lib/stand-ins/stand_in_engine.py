"""An engine without a model: reads the weights, checks the key, answers; on SIGTERM it ends what is running."""

import argparse
import hashlib
import http.server
import json
import signal
import sys
import threading
from pathlib import Path


def serve(weights, host, port, model, key):
    seen = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(Path(weights).iterdir()) if path.is_file()}
    running = threading.Semaphore(0)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/health":
                return self.answer(200, {})
            if self.path == "/metrics":
                return self.answer(200, {"vllm:num_requests_running": 0})
            if self.headers.get("Authorization") != f"Bearer {key}":
                return self.answer(401, {"error": "Unauthorized"})
            if self.path == "/slow":  # answers once the engine is told to stop
                print("a request is running", flush=True)
                running.acquire()
            return self.answer(200, {"data": [{"id": model}], "weights": seen})

        def answer(self, status, body):
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = False  # closing the server waits for the requests that are running

    def stop(*_):
        print("asked to stop", flush=True)
        running.release()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    server.serve_forever()
    server.server_close()
    print("the last request is answered", flush=True)


def arguments(words):
    parser = argparse.ArgumentParser()
    for flag in ("--host", "--port", "--served-model-name", "--api-key", "--master-addr"):
        parser.add_argument(flag)
    return parser.parse_known_args(words)[0]


if __name__ == "__main__":
    sys.exit("run me as vllm or sglang")
