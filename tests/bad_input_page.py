"""docs/bad-input.md: ten messages as users get them. `python -m tests.bad_input_page` writes the page; a test keeps it true."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from unittest import mock

from fourways.cleanup import RealCloud, look
from fourways.cloud import clients
from fourways.cloud.errors import CloudError
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from stacks.settings import SettingsError, read_stack_file
from tests.provider.harness import GROUP_URN, REGION, SECRET, URN, Failed, Harness, group, running, service
from tests.provider.spoiled import WHOLE, fields, install, top
from tests.stacks.test_malformed_files import CASES, content

PAGE = Path(__file__).parents[1] / "docs" / "bad-input.md"
HEAD = """# What bad input is answered with

Ten of the messages that `tests/stacks/test_malformed_files.py`, `tests/stacks/test_malformed_stack_files.py`,
`tests/provider/test_provider_malformed_answers.py` and `tests/cleanup/test_cleanup_malformed_answers.py` look at. Made by
`python -m tests.bad_input_page`, from the code as it is; seen on the fake. A message says what is wrong and where, what is allowed, and
what to do. None shows a traceback, or a value that may be a secret.

"""
FILES = (
    "a secret under a mistyped key",
    "a region with its zone",
    "a key beside its argument",
    "a tab for spaces",
    "an end by its seconds",
)


def stack_files() -> list[tuple[str, str]]:
    """What stack files with one mistake each are refused with."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Pulumi.chat.yaml"
        for name in FILES:
            path.write_text(content(CASES[name]), encoding="utf-8")
            try:
                read_stack_file(path)
            except SettingsError as error:
                found.append((f"A stack file with {name}", str(error).replace(folder, "stacks")))
    return found


async def _sign_in_page(harness: Harness) -> None:
    install(harness.cloud, "GetCallerIdentity", WHOLE["a sign-in page"])
    await harness.create(URN, service(token=SECRET))


async def _unreadable(harness: Harness) -> None:
    install(harness.cloud, "DescribeService", WHOLE["truncated JSON"])
    await harness.create(URN, service(token=SECRET))


async def _status(harness: Harness) -> None:
    for action in ("DescribeService", "ListServices"):
        install(harness.cloud, action, fields(Status="Hibernating"))
    await harness.create(URN, service(token=SECRET), timeout=60)


async def _groups(harness: Harness) -> None:
    install(harness.cloud, "ListResources", top(Resources="none"))
    await harness.create(GROUP_URN, group())


ANSWERS: dict[str, Callable[[Harness], Coroutine[Any, Any, None]]] = {
    "A sign-in page where the account was asked for (nothing was created)": _sign_in_page,
    "Truncated JSON where the new service was read (it exists, and is kept)": _unreadable,
    "A status that no page of the API lists (waited on until the timeout, and kept)": _status,
    "A list of resource groups that is no list (nothing was bought)": _groups,
}


async def _failure(run: Callable[[Harness], Coroutine[Any, Any, None]]) -> str:
    with fake_cloud() as cloud:
        async with running(cloud) as harness:
            try:
                await run(harness)
            except Failed as failed:
                return str(failed)
    raise AssertionError("it did not fail")


def answers() -> list[tuple[str, str]]:
    """What the provider and the clean-up say to answers that no API should give."""
    found = []
    for name, run in ANSWERS.items():
        clients.forget()
        found.append((name, asyncio.run(_failure(run))))
    clients.forget()
    with fake_cloud() as cloud:
        install(cloud, "DescribeVpcs", WHOLE["a page with 502"])
        try:
            look(RealCloud(), [REGION], "fourways")
        except CloudError as error:
            found.append(("A proxy's page where `fourways sweep` looked for VPCs", f"error: {error}. {error.hint()}"))
    return found


def document() -> str:
    """The whole page."""
    environment = {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}
    with mock.patch.dict(os.environ, environment):
        messages = [*stack_files(), *answers()]
    clients.forget()
    return HEAD + "\n".join(f"**{title}**\n\n```\n{message}\n```\n" for title, message in messages)


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
