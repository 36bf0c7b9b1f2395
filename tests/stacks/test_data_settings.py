"""What a stack says for policies: the class of its data, which its tags carry, and that each way in needs a list."""

from typing import Any

import pytest

from components.tags import tags
from fourways.cloud import ownership
from stacks.settings import Settings, SettingsError, load

TOKEN = {
    "alicloud:region": "ap-southeast-1",
    "fourways:environment": "production",
    "fourways:owner": "llm-platform",
    "fourways:serving": {"kind": "token", "name": "chat", "model": {"id": "deepseek-v4-flash"}},
}


def settings(**more: Any) -> Settings:
    return load({**TOKEN, **{f"fourways:{key.replace('_', '-')}": value for key, value in more.items()}}, stack="dev")


@pytest.mark.parametrize("data", ["restricted", "internal", "public"])
def test_the_class_of_its_data_is_in_its_tags(data: str) -> None:
    assert tags(settings(data=data))[ownership.DATA] == data
    assert ownership.DATA in ownership.KEYS


def test_a_stack_that_says_nothing_has_no_such_tag() -> None:
    assert ownership.DATA not in tags(settings())
    assert (settings().data, settings().allow_list) == (None, None)


@pytest.mark.parametrize(("key", "value", "allowed"), [("data", "secret", "restricted"), ("allow_list", "no", "required")])
def test_a_slip_is_refused_with_what_is_allowed(key: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError, match=rf"fourways:{key.replace('_', '-')}(?s:.*){allowed}"):
        settings(**{key: value})


def test_lists_are_asked_for_by_the_word() -> None:
    assert settings(allow_list="required").allow_list == "required"
