"""User data as cloud-init reads it: which files it writes, and what it complains of. Pure: text in, files out.

Formats: a `#cloud-config` document, gzipped or not, alone or as parts of a MIME message; scripts are taken and not run. Source:
cloud-init's documentation, "User data formats" and module "Write Files"; the wordings of complaints are those of its `util.py` and
`user_data.py`, from memory: assumed.
"""

from __future__ import annotations

import base64
import binascii
import email
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

_GZIP = b"\x1f\x8b"
_BASE64 = ("b64", "base64")
_GZIPPED = ("gz", "gzip")
_BOTH = tuple(f"{first}+{second}" for first in _GZIPPED for second in _BASE64)


@dataclass(frozen=True)
class UserData:
    """`files` by path, as text; `problems` are lines of cloud-init's log, one for each thing that it could not read."""

    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: tuple[str, ...] = ()


def read(encoded: str) -> UserData:
    """What cloud-init makes of the base64 text that RunInstances was given. Never raises: what it cannot read is a problem."""
    if not encoded:
        return UserData()
    try:
        raw = base64.b64decode(encoded, validate=True)
        raw = gzip.decompress(raw) if raw.startswith(_GZIP) else raw
        text = raw.decode()
    except (binascii.Error, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        return UserData(problems=(f"Failed to read user data: {error}",))
    files: dict[str, str] = {}
    problems: list[str] = []
    for part in _parts(text):
        _read_part(part, files, problems)
    return UserData(files, tuple(problems))


def _parts(text: str) -> list[str]:
    if not text.lower().startswith(("content-type: multipart/", "mime-version:")):
        return [text]
    message = email.message_from_string(text)
    payloads = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return [payload.decode(errors="replace") for payload in payloads if isinstance(payload, bytes)]


def _read_part(text: str, files: dict[str, str], problems: list[str]) -> None:
    first = text.split("\n", 1)[0].strip()
    if first.startswith("#!"):
        return  # a script: it runs, and nothing that it does is known here
    if not first.startswith("#cloud-config"):
        problems.append(f"Unhandled non-multipart (text/x-not-multipart) userdata: '{first[:40]}'")
        return
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problems.append(f"Failed loading yaml blob. Invalid format: {' '.join(str(error).split())}")
        return
    if not isinstance(document, dict):
        kind = type(document).__name__
        problems.append(f"Failed loading yaml blob. Yaml load allows (<class 'dict'>,) root types, but got {kind} instead")
        return
    _write_files(document.get("write_files") or [], files, problems)


def _write_files(rows: Any, files: dict[str, str], problems: list[str]) -> None:
    if not isinstance(rows, list):
        problems.append(f"Invalid cloud-config provided: write_files: {type(rows).__name__} is not of type 'array'")
        return
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("path"), str):
            problems.append(f"No path provided to write for entry {number} in module write_files")
            continue
        try:
            content = _content(row.get("content", ""), str(row.get("encoding", "")).lower())
        except (binascii.Error, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            problems.append(f"Failed to write {row['path']}: {error}")
            continue
        files[row["path"]] = files.get(row["path"], "") + content if row.get("append") else content


def _content(content: Any, encoding: str) -> str:
    raw = content if isinstance(content, bytes) else str(content or "").encode()
    if encoding in _BASE64 + _BOTH:
        raw = base64.b64decode(raw)
    if encoding in _GZIPPED + _BOTH:
        raw = gzip.decompress(raw)
    return raw.decode()
