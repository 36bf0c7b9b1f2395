"""Marks in a text read back as they were written, and never as another's."""

from hypothesis import given
from hypothesis import strategies as st

from fourways.cloud import marked_text, ownership

NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,40}", fullmatch=True)
TEXTS = st.text(max_size=80)


@given(TEXTS, NAMES, NAMES, st.none() | st.from_regex(r"[0-9a-f]{12}", fullmatch=True))
def test_what_was_written_is_read(text: str, project: str, stack: str, attempt: str | None) -> None:
    urn = f"urn:pulumi:{stack}::{project}::fourways:modelstudio:ApiKey::key"
    found, tags = marked_text.read(marked_text.write(text, urn, attempt))
    assert found == text
    assert tags == ownership.urn_labels(urn) | ({ownership.CREATING: attempt} if attempt else {})


@given(TEXTS)
def test_a_text_without_a_mark_is_itself(text: str) -> None:
    assert marked_text.read(text) == (text, {})
