"""A page in a real browser: Debian's Chromium without a display, driven by Playwright. It has no network: what a page would fetch fails,
and is among its complaints."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests import debian_tools

PHONE = 390
"""CSS pixels that a common phone is wide."""


@contextmanager
def opened(path: Path, *, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Iterator[tuple[Page, list[str]]]:
    """The page, and the list of its complaints, which grows: console errors and warnings, exceptions, and each request that is not the
    page itself."""
    root = debian_tools.root(debian_tools.BROWSER)
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": debian_tools.libraries(debian_tools.BROWSER),
    }
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        fonts = Path(scratch) / "fonts.conf"
        fonts.write_text(f"<fontconfig><dir>{root}/usr/share/fonts</dir><cachedir>{scratch}</cachedir></fontconfig>")
        browser = playwright.chromium.launch(
            executable_path=root / "usr/lib/chromium/chromium-headless-shell",
            args=["--no-sandbox"],
            env={**environment, "FONTCONFIG_FILE": str(fonts)},
        )
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}") if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.on("request", lambda asked: None if asked.url == path.as_uri() else complaints.append(f"request: {asked.url}"))
        page.goto(path.as_uri())
        yield page, complaints
        browser.close()


def complaints(path: Path) -> list[str]:
    """What the browser has against the page; an empty list is well."""
    with opened(path) as (_, found):
        return list(found)


def text(path: Path) -> str:
    """What a reader sees of it."""
    with opened(path) as (page, _):
        return page.inner_text("body")


def screenshot(path: Path, to: Path, *, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> None:
    """The whole page as a picture."""
    with opened(path, width=width, scheme=scheme) as (page, _):
        page.screenshot(path=to, full_page=True)
