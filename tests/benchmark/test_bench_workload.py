"""Prompts are of exact length, new to every cache, and a function of their seed."""

from __future__ import annotations

from itertools import islice

import pytest
from dashscope import get_tokenizer
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.words import is_exact_for, words
from fourways.benchmark.workload import NONCE_TOKENS, Length, Workload, WorkloadError, workload_from

ENCODE = get_tokenizer("qwen-turbo").encode


def test_each_word_is_one_token_at_the_start_and_after_a_space() -> None:
    assert len(words()) == len(set(words())) == 2048
    assert [word for word in words() if len(ENCODE(word)) != 1 or len(ENCODE(f" {word}")) != 1] == []


@given(size=st.integers(NONCE_TOKENS * 10, 3000), share=st.sampled_from([0.0, 0.25, 0.9]), seed=st.integers(0, 99))
def test_a_prompt_has_exactly_the_tokens_that_were_asked_for(size: int, share: float, seed: int) -> None:
    workload = Workload(input=Length(size, size), output=Length(1, 9), prefix_share=share, prefixes=2, seed=seed, run="r")
    for ask in islice(workload.asks("c1"), 2):
        assert len(ENCODE(ask.prompt)) == ask.input_tokens == size
        assert 1 <= ask.output_tokens <= 9


def test_a_seed_gives_the_same_requests_and_a_run_other_first_words() -> None:
    def asks(run: str, part: str = "c1", seed: int = 5) -> list[tuple[str, int, int]]:
        workload = Workload(input=Length(50, 90), output=Length(10, 20), seed=seed, run=run)
        return [(ask.prompt, ask.input_tokens, ask.output_tokens) for ask in islice(workload.asks(part), 20)]

    first, again, other = asks("a"), asks("a"), asks("b")
    assert first == again
    assert [row[1:] for row in first] == [row[1:] for row in other]
    assert all(one[0].split()[:NONCE_TOKENS] != two[0].split()[:NONCE_TOKENS] for one, two in zip(first, other, strict=True))
    assert first != asks("a", "c4")
    assert [row[1:] for row in first] != [row[1:] for row in asks("a", seed=6)]


def test_every_prompt_begins_like_no_other() -> None:
    begins = [tuple(ask.prompt.split()[:NONCE_TOKENS]) for ask in islice(Workload(input=Length(8, 8), run="r").asks("c1"), 2000)]
    assert len(set(begins)) == len(begins)


def test_shared_prefixes_are_a_share_of_the_prompt_and_as_many_as_asked() -> None:
    workload = Workload(input=Length(100, 100), prefix_share=0.5, prefixes=3, run="r")
    prompts = [ask.prompt.split() for ask in islice(workload.asks("c1"), 200)]
    assert len({tuple(prompt[:50]) for prompt in prompts}) == 3
    assert len({tuple(prompt[:54]) for prompt in prompts}) == 200
    # What another run left in a cache is of no use.
    other = [ask.prompt.split() for ask in islice(Workload(input=Length(100, 100), prefix_share=0.5, prefixes=3, run="s").asks("c1"), 50)]
    assert not {tuple(prompt[:4]) for prompt in prompts} & {tuple(prompt[:4]) for prompt in other}


@pytest.mark.parametrize("text", ["", "x", "0", "9-3", "-3", "1-2-3"])
def test_lengths_that_are_none(text: str) -> None:
    with pytest.raises(WorkloadError, match="length"):
        Length.parse(text)


@pytest.mark.parametrize(
    "wrong", [{"prefix_share": 1.0}, {"prefixes": 0}, {"input": Length(3, 3)}, {"input": Length(20, 20), "prefix_share": 0.9}]
)
def test_workloads_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(WorkloadError):
        Workload(**wrong)  # type: ignore[arg-type]


def test_results_give_the_workload_back() -> None:
    workload = Workload(input=Length(5, 9), output=Length(7, 7), prefix_share=0.2, prefixes=4, seed=3, run="abc")
    assert workload_from(workload.as_dict()) == workload


def test_the_tokenizer_is_exact_only_for_its_own_family() -> None:
    assert is_exact_for("qwen3-32b")
    assert is_exact_for("Qwen/Qwen3-8B")
    assert not is_exact_for("deepseek-v4-flash")
