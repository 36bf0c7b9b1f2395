"""User data, units and boot.env as the machine reads them: pure functions."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest
import yaml
from gpu_machines import SGLANG, VLLM, cloud_config, encoded, engine_unit

from fourways.fakes.services.ecs.machines import plan, user_data


def written(*rows: dict[str, Any]) -> dict[str, str]:
    found = user_data.read(encoded("#cloud-config\n" + yaml.safe_dump({"write_files": list(rows)})))
    assert found.problems == ()
    return dict(found.files)


def test_a_document_is_read_plain_gzipped_and_in_parts() -> None:
    text = cloud_config()
    plain = user_data.read(encoded(text))
    assert set(plain.files) == {"/etc/fourways/boot.env", "/etc/systemd/system/engine.service"}
    assert user_data.read(encoded(gzip.compress(text.encode()))) == plain
    mime = (
        'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/cloud-config\n\n'
        f"{text}\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho hello\n--b--\n"
    )
    assert user_data.read(encoded(mime)) == plain


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("b64", base64.b64encode(b"text").decode()),
        ("base64", base64.b64encode(b"text").decode()),
        ("gz+b64", base64.b64encode(gzip.compress(b"text", mtime=0)).decode()),
        ("gzip+base64", base64.b64encode(gzip.compress(b"text", mtime=0)).decode()),
        ("gz", gzip.compress(b"text", mtime=0)),
        ("", "text"),
    ],
)
def test_a_file_is_decoded_as_it_says(encoding: str, content: str | bytes) -> None:
    assert written({"path": "/a", "encoding": encoding, "content": content}) == {"/a": "text"}


def test_a_later_entry_replaces_a_file_or_adds_to_it() -> None:
    assert written({"path": "/a", "content": "1"}, {"path": "/a", "content": "2"}, {"path": "/a", "content": "3", "append": True}) == {
        "/a": "23"
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (encoded("#cloud-config\nwrite_files: [\n"), "Failed loading yaml blob. Invalid format: while parsing a flow node"),
        (encoded("#cloud-config\n- a\n"), "Failed loading yaml blob. Yaml load allows (<class 'dict'>,) root types, but got list instead"),
        (encoded("#cloud-config\nwrite_files: {a: b}\n"), "Invalid cloud-config provided: write_files: dict is not of type 'array'"),
        (encoded("write_files: []\n"), "Unhandled non-multipart (text/x-not-multipart) userdata: 'write_files: []'"),
        (encoded(b"\x1f\x8bno gzip"), "Failed to read user data"),
        ("not base64!", "Failed to read user data"),
        (encoded("#cloud-config\nwrite_files: [{path: /a, encoding: b64, content: 'a'}]\n"), "Failed to write /a"),
        (encoded("#cloud-config\nwrite_files: [{content: x}]\n"), "No path provided to write for entry 0"),
    ],
)
def test_what_cannot_be_read_writes_nothing_and_is_said(given: str, problem: str) -> None:
    found = user_data.read(given)
    assert found.files == {}
    (said,) = found.problems
    assert said.startswith(problem)


def engine_of(command: str, **more: str) -> plan.EngineUnit | None:
    return plan.read({"/etc/systemd/system/engine.service": engine_unit(command), **more}).engine


def test_the_engines_are_known_by_their_commands() -> None:
    vllm, sglang = engine_of(VLLM), engine_of(SGLANG)
    assert vllm is not None
    assert sglang is not None
    assert (vllm.kind, vllm.port, vllm.gpus, vllm.metrics, vllm.engine.names, vllm.engine.context) == (
        "vllm", 8000, 2, True, ("flash",), 1000,
    )  # fmt: skip
    assert (sglang.kind, sglang.port, sglang.gpus, sglang.metrics, sglang.engine.names) == ("sglang", 8000, 2, True, ("flash",))
    assert engine_of("/usr/bin/python3 -m http.server 8000") is None


@pytest.mark.parametrize(
    ("command", "port", "names"),
    [
        ("vllm serve /m", 8000, ("/m",)),
        ("python3 -m sglang.launch_server --model-path /m", 30000, ("/m",)),
        ("/bin/bash -c 'exec vllm serve /m --port 9000'", 9000, ("/m",)),
        ("vllm serve /m --port ${PORT} --served-model-name $NAME", 7000, ("flash",)),
        ("-/opt/vllm/bin/vllm serve /m --port=8001", 8001, ("/m",)),
    ],
)
def test_forms_of_a_command(command: str, port: int, names: tuple[str, ...]) -> None:
    found = engine_of(command, **{"/etc/fourways/boot.env": 'PORT=7000\n# NAME=x\nNAME="flash"\n'})
    assert found is not None
    assert (found.port, found.engine.names) == (port, names)


def test_a_key_on_the_command_line_is_kept_and_never_shown() -> None:
    found = engine_of("vllm serve /m --api-key hush")
    assert found is not None
    assert found.key == "hush"
    assert "hush" not in repr(found)
    unset = engine_of("vllm serve /m --api-key ${SET_ON_THE_MACHINE}")
    assert unset is not None
    assert unset.key == ""


def test_boot_env_says_what_is_fetched_and_who_is_the_head() -> None:
    text = "REGION=cn-beijing\nKMS_SECRET='a b'\n\n# comment\nWEIGHTS=oss://b/f/\nNODES=2\nNODE_RANK=1\nHEAD_IP=10.0.0.9\nHEAD_PORT=6379\n"
    found = plan.read({"/etc/fourways/boot.env": text})
    assert found == plan.Plan(None, "cn-beijing", "a b", "oss://b/f/", 2, 1, "10.0.0.9", 6379)
    assert plan.read({}) == plan.Plan()
