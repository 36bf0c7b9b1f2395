"""Keys come from the environment, then a profile; every way to have none ends in one message that says what to set."""

import json
from pathlib import Path
from typing import Any

import pytest

from fourways.cloud import credentials
from fourways.cloud.credentials import CredentialsError


def profile(home: Path, content: Any) -> Path:
    (home / ".aliyun").mkdir()
    (home / ".aliyun/config.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return home


KEYS = {"mode": "AK", "access_key_id": "id", "access_key_secret": "hush"}


def test_the_plugins_variables_come_first(tmp_path: Path) -> None:
    environment = {
        "ALICLOUD_ACCESS_KEY": "a",
        "ALICLOUD_SECRET_KEY": "b",
        "ALICLOUD_SECURITY_TOKEN": "c",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "x",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "y",
    }
    found = credentials.load(environment, tmp_path)
    assert (found.access_key, found.secret_key, found.security_token) == ("a", "b", "c")
    assert "hush" not in repr(found)
    assert "'b'" not in repr(found)
    del environment["ALICLOUD_ACCESS_KEY"], environment["ALICLOUD_SECRET_KEY"]
    assert credentials.load(environment, tmp_path).access_key == "x"


def test_profiles(tmp_path: Path) -> None:
    home = profile(
        tmp_path, {"current": "a", "profiles": [{"name": "a", **KEYS}, {"name": "b", **KEYS, "mode": "StsToken", "sts_token": "t"}]}
    )
    assert credentials.load({}, home).source == "profile a"
    assert credentials.load({"ALIBABA_CLOUD_PROFILE": "b"}, home).security_token == "t"
    with pytest.raises(CredentialsError, match=r"no profile 'c'; it has a, b\. Set ALIBABA_CLOUD_PROFILE"):
        credentials.load({"ALIBABA_CLOUD_PROFILE": "c"}, home)


@pytest.mark.parametrize("name", ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"])
def test_half_a_pair(tmp_path: Path, name: str) -> None:
    with pytest.raises(CredentialsError, match=f"{name} is set but ALICLOUD_"):
        credentials.load({name: "x"}, tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read"),
        ({"profiles": 5}, "cannot be read"),
        ({"current": "a", "profiles": [{"name": "a", "mode": "EcsRamRole"}]}, "mode EcsRamRole"),
        ({"current": "a", "profiles": [{"name": "a", **KEYS, "access_key_secret": ""}]}, "holds no key pair"),
    ],
)
def test_unusable_profiles(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        credentials.load({}, profile(tmp_path, content))


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match=r"set ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY or .*use the fake: `fourways shell`"):
        credentials.load({}, tmp_path)
