"""The note under a merge request, against a stand-in for GitLab on loopback: made once, updated afterwards, nobody else's touched."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fourways.checks.comment import MARKER
from fourways.cli.errors import UserError
from fourways.cli.gitlab_note import PAGE, publish

BOT, STRANGER = 7, 8
TOKEN = "glpat-secret"
PATH = "/api/v4/projects/12/merge_requests/3/notes"


class GitLab(ThreadingHTTPServer):
    """Notes of one merge request, as the API gives them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.notes: list[dict[str, Any]] = []
        self.calls: list[str] = []

    def environ(self) -> dict[str, str]:
        return {
            "CI_API_V4_URL": f"http://127.0.0.1:{self.server_port}/api/v4",
            "CI_PROJECT_ID": "12",
            "CI_MERGE_REQUEST_IID": "3",
            "GITLAB_NOTE_TOKEN": TOKEN,
        }


class Handler(BaseHTTPRequestHandler):
    server: GitLab

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/api/v4/user":
            return self.answer({"id": BOT})
        assert parts.path == PATH
        query = parse_qs(parts.query)
        first = (int(query["page"][0]) - 1) * PAGE
        return self.answer(self.server.notes[first : first + int(query["per_page"][0])])

    def do_POST(self) -> None:
        assert self.path == PATH
        self.server.notes.append({"id": len(self.server.notes) + 1, "author": {"id": BOT}, "body": self.body()})
        self.answer(self.server.notes[-1])

    def do_PUT(self) -> None:
        note = self.server.notes[int(self.path.removeprefix(f"{PATH}/")) - 1]
        assert note["author"]["id"] == BOT
        note["body"] = self.body()
        self.answer(note)

    def body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def answer(self, content: object) -> None:
        self.server.calls.append(self.command)
        allowed = self.headers["PRIVATE-TOKEN"] == TOKEN
        data = json.dumps(content if allowed else {"message": "401 Unauthorized"}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    server = GitLab()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_run_makes_the_note_and_the_next_updates_it(gitlab: GitLab) -> None:
    assert publish(f"{MARKER}\nfirst", gitlab.environ()) == "made a note"
    assert publish(f"{MARKER}\nsecond", gitlab.environ()) == "updated note 1"
    assert [note["body"] for note in gitlab.notes] == [f"{MARKER}\nsecond"]


def test_others_notes_are_let_be_and_ones_own_is_found_behind_them(gitlab: GitLab) -> None:
    gitlab.notes = [{"id": number + 1, "author": {"id": STRANGER}, "body": f"{MARKER}\nnot ours"} for number in range(PAGE)]
    gitlab.notes.append({"id": PAGE + 1, "author": {"id": BOT}, "body": "something else of ours"})
    gitlab.notes.append({"id": PAGE + 2, "author": {"id": BOT}, "body": f"{MARKER}\nold"})
    assert publish(f"{MARKER}\nnew", gitlab.environ()) == f"updated note {PAGE + 2}"
    assert [note["body"] for note in gitlab.notes[PAGE:]] == ["something else of ours", f"{MARKER}\nnew"]
    assert {note["body"] for note in gitlab.notes[:PAGE]} == {f"{MARKER}\nnot ours"}


def test_a_refused_token_is_said_without_the_token(gitlab: GitLab) -> None:
    with pytest.raises(UserError, match="401") as caught:
        publish(MARKER, {**gitlab.environ(), "GITLAB_NOTE_TOKEN": "glpat-wrong"})
    assert "glpat" not in str(caught.value)
    assert gitlab.notes == []


def test_what_is_not_set_is_named() -> None:
    with pytest.raises(UserError, match="CI_MERGE_REQUEST_IID, GITLAB_NOTE_TOKEN"):
        publish(MARKER, {"CI_API_V4_URL": "http://127.0.0.1:9", "CI_PROJECT_ID": "12"})
