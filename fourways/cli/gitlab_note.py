"""`python -m fourways.cli.gitlab_note FILE`: the comment of `fourways check` under a GitLab merge request, updated the next time.

Reads what GitLab sets in each job of a merge request (CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID) and GITLAB_NOTE_TOKEN, a project
access token with the scope `api`. API: GitLab REST v4, Notes (`/projects/:id/merge_requests/:iid/notes`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from fourways.checks.comment import MARKER
from fourways.cli.errors import FAILED, USAGE, UserError

VARIABLES = ("CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "GITLAB_NOTE_TOKEN")
PAGE = 100
"""Notes a page; GitLab gives no more at once."""
SECONDS = 30


def publish(body: str, environ: Mapping[str, str]) -> str:
    """Makes the note, or updates the one that this token made before; says which. Raises UserError."""
    if missing := [name for name in VARIABLES if not environ.get(name)]:
        raise UserError(
            f"not set: {', '.join(missing)}; a job of a merge request has all but GITLAB_NOTE_TOKEN, see docs/pull-requests.md", USAGE
        )
    api, project, merge_request, token = (environ[name] for name in VARIABLES)
    notes = f"{api}/projects/{project}/merge_requests/{merge_request}/notes"
    with requests.Session() as session:
        session.headers["PRIVATE-TOKEN"] = token
        own = _own(session, notes, _call(session, "GET", f"{api}/user")["id"])
        if own is None:
            _call(session, "POST", notes, {"body": body})
            return "made a note"
        _call(session, "PUT", f"{notes}/{own}", {"body": body})
        return f"updated note {own}"


def _own(session: requests.Session, notes: str, user: int) -> int | None:
    """The note that this token's user made: anybody may write one that begins like it."""
    page = 1
    while found := _call(session, "GET", f"{notes}?per_page={PAGE}&page={page}"):
        for note in found:
            if note["author"]["id"] == user and note["body"].startswith(MARKER):
                return int(note["id"])
        page += 1
    return None


def _call(session: requests.Session, method: str, url: str, content: Mapping[str, str] | None = None) -> Any:
    try:
        answer = session.request(method, url, json=content, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()
    except requests.RequestException as error:
        raise UserError(f"GitLab does not take the note: {error}", FAILED) from None


def main(arguments: list[str]) -> int:
    """Exit code: 0, 1 GitLab refused, 2 wrong use."""
    if len(arguments) != 1:
        print("error: give the file that `fourways check --write FILE` wrote", file=sys.stderr)
        return USAGE
    try:
        print(publish(Path(arguments[0]).read_text(encoding="utf-8"), os.environ))
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
