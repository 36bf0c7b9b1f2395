"""The tables of the engines' arguments, and reading a command line by them: as argparse itself would."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fourways.catalog import CatalogError
from fourways.catalog.engine_arguments.reading import of_type, read
from fourways.catalog.engine_arguments.tables import Flag, Table, nearest, table, versions
from fourways.catalog.images import all_images

VLLM, SGLANG = table("vllm", "0.20.0"), table("sglang", "0.5.17")


@pytest.mark.parametrize("image", all_images(), ids=lambda image: f"{image.engine} {image.version}")
def test_each_catalogued_image_has_a_table(image: Any) -> None:
    found = table(image.engine, image.version)
    assert (found.engine, found.version) == (image.engine, image.version)
    assert found.package.startswith(f"{image.engine}-{image.version}-")
    assert len(found.sha256) == 64
    assert len(found.flags) > 200
    assert len(found.spelled) == sum(len(flag.spellings) for flag in found.flags), "a spelling of two arguments"


def test_a_version_without_a_table_has_that_of_the_nearest_older_one() -> None:
    assert versions("sglang") == ("0.5.8", "0.5.14", "0.5.17")
    assert nearest("sglang", "0.5.16") == (table("sglang", "0.5.14"), False)
    assert nearest("sglang", "0.5.14") == (table("sglang", "0.5.14"), True)
    assert nearest("vllm", "0.20.0rc1") == (VLLM, False)
    assert nearest("vllm", "0.6.0") == (table("vllm", "0.14.0"), False)
    with pytest.raises(CatalogError, match=r"tables of vllm: 0\.14\.0, 0\.20\.0"):
        table("vllm", "0.21.0")


@pytest.mark.parametrize(
    ("of", "line", "flag", "values"),
    [
        (VLLM, "--data-parallel-size 4", "--data-parallel-size", ("4",)),
        (VLLM, "--data_parallel_size=4", "--data-parallel-size", ("4",)),
        (VLLM, "-dp 4", "--data-parallel-size", ("4",)),
        (VLLM, "-q fp8", "--quantization", ("fp8",)),
        (VLLM, "-qfp8", "--quantization", ("fp8",)),
        (VLLM, "--enable-prefix", "--enable-prefix-caching", ()),
        (VLLM, "--max-num-batched-tokens 16k", "--max-num-batched-tokens", ("16k",)),
        (VLLM, "--cudagraph-capture-sizes 1 2 4", "--cudagraph-capture-sizes", ("1", "2", "4")),
        (VLLM, '--speculative-config {"method":"mtp"}', "--speculative-config", ('{"method":"mtp"}',)),
        (VLLM, '--kv-transfer-config {"bytes":80m}', "--kv-transfer-config", ('{"bytes":80m}',)),
        (VLLM, "--speculative-config None", "--speculative-config", ("None",)),
        (VLLM, "--compilation-config.level 3", "--compilation-config", ('{"level": 3}',)),
        (VLLM, "--compilation_config.pass_config.fuse=true", "--compilation-config", ('{"pass_config": {"fuse": true}}',)),
        (VLLM, "-cc.splitting_ops+=a,b", "--compilation-config", ('{"splitting_ops": ["a", "b"]}',)),
        (VLLM, "-O3", "--optimization-level", ("3",)),
        (VLLM, "-O 3", "--optimization-level", ("3",)),
        (VLLM, "--moe-backend FlashInfer-CUTLASS", "--moe-backend", ("FlashInfer-CUTLASS",)),
        (VLLM, "--hf-overrides some.function", "--hf-overrides", ("some.function",)),
        (VLLM, "--tool-parser-plugin x.py --tool-call-parser mine", "--tool-call-parser", ("mine",)),
        (SGLANG, "--chunked-prefill-size -1", "--chunked-prefill-size", ("-1",)),
        (SGLANG, "--dp 2", "--dp-size", ("2",)),
        (SGLANG, "--ep 2", "--ep-size", ("2",)),
        (SGLANG, "--lora-paths", "--lora-paths", ()),
        (SGLANG, "--mem-fraction-static=.5", "--mem-fraction-static", (".5",)),
    ],
)
def test_what_the_parsers_take(of: Table, line: str, flag: str, values: tuple[str, ...]) -> None:
    found = read(of, line.split(" "))
    assert found.mistakes == []
    last = found.last(flag)
    assert last is not None
    assert last.values == values


@pytest.mark.parametrize(
    ("of", "line", "mistakes"),
    [
        (VLLM, "--enable-expert-paralell", [(0, "unknown")]),
        (VLLM, "--unknown 1 2 --seed 3", [(0, "unknown")]),
        (VLLM, "--enable-lo", [(0, "ambiguous")]),
        (VLLM, "--seed", [(0, "no value")]),
        (VLLM, "--seed --enforce-eager", [(0, "no value")]),
        (VLLM, "--cudagraph-capture-sizes", [(0, "no value")]),
        (VLLM, "--enforce-eager true", [(0, "needless value")]),
        (VLLM, "--enforce-eager=true", [(0, "needless value")]),
        (VLLM, "--seed 1 2", [(2, "stray")]),
        (VLLM, "true", [(0, "stray")]),
        (VLLM, "--seed one", [(0, "type")]),
        (VLLM, "--max-num-seqs 1k", [(0, "type")]),
        (VLLM, "--max-num-batched-tokens 1.5K", [(0, "type")]),
        (VLLM, "--cudagraph-capture-sizes 1 two", [(0, "type")]),
        (VLLM, "--kv-cache-dtype fp9", [(0, "choice")]),
        (VLLM, "--quantization fp9", [(0, "choice")]),
        (VLLM, "--tool-call-parser mine", [(0, "choice")]),
        (VLLM, "--speculative-config {method:mtp}", [(0, "type")]),
        (VLLM, "--hf-overrides {x}", [(0, "type")]),
        (VLLM, "--compilation-config.level", [(0, "no value")]),
        (VLLM, "--kv-cache-dtype.x 3", [(0, "no parts")]),
        (VLLM, "--compilation.x 3", []),
        (VLLM, "--compilatoin-config.x 3", [(0, "unknown")]),
        (VLLM, "-O", [(0, "no value")]),
        (SGLANG, "--tp_size 2", [(0, "unknown")]),
        (SGLANG, "--json-model-override-args.x 1", [(0, "unknown")]),
        (SGLANG, "--quantization fp9 --dp-size x", [(0, "choice"), (2, "type")]),
    ],
)
def test_what_they_refuse(of: Table, line: str, mistakes: list[tuple[int, str]]) -> None:
    assert [(one.at, one.what) for one in read(of, line.split(" ")).mistakes] == mistakes


def test_a_word_with_a_space_in_it_is_a_value_whatever_it_begins_with() -> None:
    assert read(VLLM, ["--chat-template", "--x y"]).mistakes == []
    assert [one.what for one in read(VLLM, ["--chat-template", "--x"]).mistakes] == ["no value", "unknown"]


class Refused(Exception):
    """What argparse says instead of ending the process."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(message)


def parser_of(of: Table) -> Parser:
    """A real parser with the arguments of a table."""

    def conversion(flag: Flag) -> Any:
        def convert(value: str) -> Any:
            if not of_type(of, flag, value):
                raise ValueError(value)
            return int(value) if flag.type == "int" else value

        return convert

    made = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    for flag in of.flags:
        names, dest = [*flag.aliases, flag.flag], flag.flag
        if flag.values == "0":
            made.add_argument(*names, dest=dest, action=argparse.BooleanOptionalAction if flag.negative else "store_true")
        else:
            nargs = None if flag.values == "1" else flag.values
            made.add_argument(*names, dest=dest, nargs=nargs, type=conversion(flag), choices=flag.choices or None)
    return made


PARSER = parser_of(SGLANG)
flags = st.sampled_from(sorted(SGLANG.spelled))
beginnings = st.builds(lambda flag, cut: flag[: max(3, len(flag) - cut)], flags, st.integers(0, 6))
values = st.sampled_from(["1", "-1", "-0.5", "x", "true", "fp8", "auto", '{"a": 1}', "[1]", "16k", "a b", "--x y", "-", ""])
texts = st.one_of(flags, beginnings, values, values, st.builds("{}={}".format, st.one_of(flags, beginnings), values))


@given(words=st.lists(texts, max_size=6))
def test_a_line_is_taken_where_argparse_takes_it(words: list[str]) -> None:
    try:
        parsed: dict[str, Any] | None = vars(PARSER.parse_args(words))
    except Refused as refused:
        # Later versions of Python take an abbreviation of two spellings of one argument; this one may not.
        assume("ambiguous option" not in str(refused) or any(one.what == "ambiguous" for one in read(SGLANG, words).mistakes))
        parsed = None
    found = read(SGLANG, words)
    assert (found.mistakes == []) == (parsed is not None), (words, found.mistakes)
    if parsed is not None:
        assert {flag: as_text(value) for flag, value in parsed.items()} == {
            one.flag.flag: (not one.off if one.flag.values == "0" else [as_number(one.flag, value) for value in one.values])
            for one in found.given
        }


def as_text(value: Any) -> Any:
    """What argparse has stored, as texts."""
    if isinstance(value, bool):
        return value
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None]


def as_number(flag: Flag, value: str) -> str:
    return str(int(value)) if flag.type == "int" else value
