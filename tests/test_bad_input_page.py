"""The page of messages is what the code says today."""

from tests.bad_input_page import PAGE, document


def test_the_page_shows_ten_messages_as_they_are() -> None:
    made = document()
    assert made.count("```\n") == 20
    assert PAGE.read_text(encoding="utf-8") == made, "run `python -m tests.bad_input_page`"
