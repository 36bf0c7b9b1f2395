#!/usr/bin/python3
"""Copies the folder WEIGHTS (oss://bucket/folder/) to /mnt/weights, and writes `_COMPLETE` there once all of it is there and checked.

Each file arrives as NAME.part, in ranges, several at once; NAME.ranges says which have come, so that a boot goes on where the last one
was cut. A file takes its name when its size is right and its CRC64 is what OSS states for the object. An object replaced meanwhile
(another ETag) is fetched anew.
"""

import concurrent.futures
import json
import os
import shutil
import sys
import threading
import urllib.parse
import xml.etree.ElementTree
from typing import Any, Dict, List, Optional

import crc64
import instance_role

TARGET = os.environ.get("WEIGHTS_FOLDER", "/mnt/weights")
RANGE = int(os.environ.get("RANGE_MIB", "64")) << 20
AT_ONCE, CHECKS_AT_ONCE, BLOCK = 16, 2, 1 << 20
COMPLETE = "_COMPLETE"


class Bucket:
    """The folder of the weights."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self.name, self.folder = parts.netloc, parts.path.lstrip("/")
        self._role = instance_role.Role()

    def ask(self, method: str, key: str, parameters: Optional[Dict[str, str]] = None, headers: Optional[Dict[str, str]] = None) -> Any:
        return instance_role.oss(self._role, method, self.name, key, parameters, headers)

    def files(self) -> Dict[str, int]:
        """{path below the folder: size}"""
        found: Dict[str, int] = {}
        page = {"list-type": "2", "max-keys": "1000", "prefix": self.folder}
        while True:
            text = instance_role.patiently(lambda: self.ask("GET", "", page).read())
            tree = xml.etree.ElementTree.fromstring(text)
            for item in tree.iter("Contents"):
                path = item.findtext("Key", "")[len(self.folder) :]
                if path and not path.endswith("/"):
                    if os.path.normpath("in/" + path) != "in/" + path:
                        sys.exit(f"{path} is no path below the folder: rename the object")
                    found[path] = int(item.findtext("Size", ""))
            if tree.findtext("IsTruncated") != "true":
                return found
            page["continuation-token"] = tree.findtext("NextContinuationToken", "")


class Incoming:
    """A file on its way. Its `.ranges` holds what it is a copy of, then the numbers of the ranges that have come, one a line."""

    def __init__(self, bucket: Bucket, path: str) -> None:
        self._bucket, self._key = bucket, bucket.folder + path
        self.final = os.path.join(TARGET, path)
        self._part, self._ranges = self.final + ".part", self.final + ".ranges"
        self._lock = threading.Lock()
        stated = instance_role.patiently(lambda: bucket.ask("HEAD", self._key)).headers
        self.size, self.crc, self._etag = int(stated["Content-Length"]), int(stated["x-oss-hash-crc64ecma"]), stated["ETag"]

    def missing(self) -> List[int]:
        """The numbers of the ranges still to come."""
        head = f"{self.size} {self._etag} {RANGE}"
        before: List[str] = []
        if os.path.exists(self._ranges) and os.path.exists(self._part):
            with open(self._ranges) as file:
                before = file.read().split("\n")[:-1]  # a last line without an end was cut
        if before[:1] != [head]:
            before = [head]
            os.makedirs(os.path.dirname(self.final), exist_ok=True)
            with open(self._part, "wb") as part:
                part.truncate(self.size)
        with open(self._ranges, "w") as file:
            file.write("\n".join(before) + "\n")
        return [number for number in range(-(-self.size // RANGE)) if str(number) not in before[1:]]

    def fetch(self, number: int) -> None:
        instance_role.patiently(lambda: self._fetch(number))
        with self._lock, open(self._ranges, "a") as file:
            file.write(f"{number}\n")

    def _fetch(self, number: int) -> None:
        start, end = number * RANGE, min((number + 1) * RANGE, self.size)
        headers = {"Range": f"bytes={start}-{end - 1}", "If-Match": self._etag}
        with self._bucket.ask("GET", self._key, headers=headers) as answer, open(self._part, "r+b") as file:
            file.seek(start)
            shutil.copyfileobj(answer, file, BLOCK)
            if file.tell() != end:
                raise OSError(f"{self._key}: range {number} ended at {file.tell()} instead of {end}")

    def finish(self) -> None:
        """Checks it and gives it its name. What is wrong is forgotten, and the next try begins at nothing."""
        if not crc64.matches(self._part, self.crc):
            os.remove(self._part)
            raise OSError(f"{self._key}: what came is not what OSS has (CRC64)")
        os.rename(self._part, self.final)
        os.remove(self._ranges)


def needed(files: Dict[str, int]) -> Dict[str, int]:
    """The files that are not there yet. A name is given only to a checked file, so that its size is enough to know it again."""

    def there(path: str, size: int) -> bool:
        final = os.path.join(TARGET, path)
        return os.path.exists(final) and os.path.getsize(final) == size

    return {path: size for path, size in files.items() if not there(path, size)}


def fetch(bucket: Bucket, files: Dict[str, int]) -> None:
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool, concurrent.futures.ThreadPoolExecutor(CHECKS_AT_ONCE) as checks:
        finished = []
        for path in sorted(files):
            incoming = Incoming(bucket, path)
            list(pool.map(incoming.fetch, incoming.missing()))
            finished.append(checks.submit(incoming.finish))
            print(f"{path}: {incoming.size} bytes", flush=True)
        for check in finished:
            check.result()


def main() -> None:
    url, marker = os.environ["WEIGHTS"], os.path.join(TARGET, COMPLETE)
    if os.path.exists(marker):
        with open(marker) as file:
            done = json.load(file)
        if done["source"] == url and not needed(done["files"]):
            print("complete since an earlier boot")
            return
        os.remove(marker)
    bucket = Bucket(url)
    files = bucket.files()
    if not files:
        sys.exit(f"{url} holds no files, or is not there")
    size, room = sum(files.values()), shutil.disk_usage(TARGET).total
    if size > room:
        sys.exit(f"{url} has {size} bytes, the weights disk {room}: give the machine a larger one")
    fetch(bucket, needed(files))
    with open(marker + ".part", "w") as file:
        json.dump({"source": url, "files": files}, file)
    os.rename(marker + ".part", marker)
    print(f"complete: {len(files)} files, {size} bytes, each checked by its CRC64")


if __name__ == "__main__":
    main()
