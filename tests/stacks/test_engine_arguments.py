"""An engine's settings and its extra arguments: what is refused by its key, what only warns, and that the command
says what the settings do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from components.engine_command import START, arguments
from fourways.catalog.engine_arguments.reading import Reading, read
from fourways.catalog.engine_arguments.tables import Table, table, versions
from stacks.engine_flags import ALWAYS, SPELLINGS, Switch, flags, written
from stacks.engine_lines import engine_lines
from stacks.fit_plan import plan
from stacks.kinds.engine import Engine, split
from stacks.settings import SettingsError, load
from tests.stacks.stack_files import changed

TABLES = [table(engine, version) for engine in ("vllm", "sglang") for version in versions(engine)]
EXTRA = "fourways:serving.engine.extraArguments"


def engine(*extra: str, name: str = "vllm", version: str | None = None, **more: Any) -> Engine:
    given = {"name": name, "version": version or versions(name)[-1], "extraArguments": extra, **more}
    return Engine.model_validate(given)


def refused(*extra: str, **more: Any) -> list[tuple[str, str, str]]:
    """The problems of a stack file whose engine has these."""
    of = {"name": "vllm", "version": "0.20.0", "tensorParallel": 4, "extraArguments": list(extra), **more}
    try:
        load(changed("serving.engine", of), stack="x")
    except SettingsError as error:
        return [(problem.key, problem.given, f"{problem.allowed}; {problem.todo}") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("--enable-expert-parallel", ["--enable-expert-parallel"]),
        ("--seed=1", ["--seed=1"]),
        ("--seed 1", ["--seed", "1"]),
        ("--cudagraph-capture-sizes 1 2  4", ["--cudagraph-capture-sizes", "1", "2", "4"]),
        ('--speculative-config {"method": "mtp", "n": 1}', ["--speculative-config", '{"method": "mtp", "n": 1}']),
        ("""--speculative-config '{"method": "mtp"}'""", ["--speculative-config", '{"method": "mtp"}']),
        ("--chat-template 'my file.jinja'", ["--chat-template", "my file.jinja"]),
        ("--chat-template it's", ["--chat-template", "it's"]),
        ("--chat-template=my file.jinja", ["--chat-template=my file.jinja"]),
        ("my file.jinja", ["my file.jinja"]),
        ('{"a": 1}', ['{"a": 1}']),
        ("", [""]),
    ],
)
def test_a_text_becomes_the_words_that_it_means(text: str, words: list[str]) -> None:
    assert list(split(text)) == words
    assert list(engine("--a", text).places) == [0, *[1 for _ in words]]


@pytest.mark.parametrize(
    ("extra", "position", "given", "says"),
    [
        (["--enable-expert-paralell"], 0, "--enable-expert-paralell", 'did you mean "--enable-expert-parallel"'),
        (["--seed=1", "--enforce-eager", "--no-such-thing"], 2, "--no-such-thing", "arguments of vllm 0.20.0"),
        (["--seed", "one"], 0, '--seed "one"', "a whole number"),
        (["--seed"], 0, "--seed", "--seed with a whole number; add the value"),
        (["--enforce-eager true"], 0, "--enforce-eager with a value", "--enforce-eager or --no-enforce-eager without one"),
        (["--enforce-eager", "true"], 0, "--enforce-eager with a value", "take the value out"),
        (["hunter2"], 0, "a value without an argument before it", "take it out"),
        (["--tool-call-parser", "deepseek-v4"], 0, '--tool-call-parser "deepseek-v4"', 'did you mean "deepseek_v4"'),
        (["--speculative-config", "{method: mtp}"], 0, "--speculative-config with what is no JSON", "correct the JSON"),
        (["--enable-lo"], 0, "--enable-lo", "--enable-log-outputs"),
        (["--seed.x 3"], 0, "--seed.x", "takes no JSON"),
    ],
)
def test_what_the_engine_would_refuse_is_refused_first(extra: list[str], position: int, given: str, says: str) -> None:
    ((key, shown, text),) = refused(*extra)
    assert (key, shown.replace(".x", "")) == (f"{EXTRA}[{position}]", given.replace(".x", ""))
    assert says in text


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (["-tp", "2"], "set engine.tensorParallel"),
        (["--tensor-par=2"], "set engine.tensorParallel"),
        (["--tensor_parallel_size 2"], "set engine.tensorParallel"),
        (["--kv-cache-dtype", "fp9"], "set engine.kvCacheDtype"),
        (["--api-k", "hunter2"], "the endpoint has a key without it"),
        (["--hf-token=hunter2"], "the weights are in place"),
        (["-n2"], "the machines of a replica are no arguments"),
        (["--served-model-name", "a", "b"], "set model.id"),
    ],
)
def test_what_a_setting_writes_is_refused_under_each_spelling(extra: list[str], says: str) -> None:
    ((key, given, text),) = refused(*extra)
    assert key == f"{EXTRA}[0]"
    assert says in text
    assert "hunter2" not in given + text


def test_the_setting_is_the_better_word_where_the_engine_does_not_take_underscores() -> None:
    ((key, given, text),) = refused("--tp_size=2", name="sglang", version="0.5.17")
    assert (key, given, "set engine.tensorParallel" in text) == (f"{EXTRA}[0]", "--tp_size", True)


def test_flags_of_later_settings_are_refused_only_where_the_setting_is_given() -> None:
    assert refused("--enable-expert-parallel", "--max-num-seqs=8", "--no-enable-prefix-caching") == []
    problems = refused("--no-enable-expert-parallel", "--max-num-seqs=8", "--no-enable-prefix-caching", expertParallel=True, maxSequences=9)
    assert [(key, text.rpartition(" set ")[2]) for key, _, text in problems] == [
        (f"{EXTRA}[0]", "engine.expertParallel"),
        (f"{EXTRA}[1]", "engine.maxSequences"),
    ]


@pytest.mark.parametrize(
    ("given", "key", "says"),
    [
        ({"quantization": "fp9"}, "quantization", 'did you mean "fp8"'),
        ({"kvCacheDtype": "fp8_e4m4"}, "kvCacheDtype", 'did you mean "fp8_e4m3"'),
        ({"chunkedPrefill": False, "chunkedPrefillTokens": 8192}, "chunkedPrefillTokens", "nothing beside chunkedPrefill: false"),
        ({"maxSequences": 0}, "maxSequences", "1 or more"),
        ({"prefixCaching": "on"}, "prefixCaching", "true or false"),
        ({"dataParallel": 2}, "tensorParallel", "at most the 4 GPUs of a replica"),
        ({"pipelineParallel": 16}, "tensorParallel", "at most the 4 GPUs of a replica"),
        ({"pipelineParallel": 17}, "pipelineParallel", "1-16"),
    ],
)
def test_settings_are_refused_by_their_key(given: dict[str, Any], key: str, says: str) -> None:
    problems = refused(**given)
    assert [key_ for key_, _, _ in problems] == [f"fourways:serving.engine.{key}"]
    assert says in problems[0][2]


def test_copies_of_the_attention_divide_the_gpus_that_they_lie_in() -> None:
    of = {"name": "sglang", "version": "0.5.17", "tensorParallel": 4}
    assert refused("--enable-dp-attention", **of, dataParallel=4) == []
    ((key, given, text),) = refused("--enable-dp-attention", **of, dataParallel=3)
    assert (key, given) == ("fourways:serving.engine.dataParallel", "3 with --enable-dp-attention")
    assert "divides tensorParallel (4)" in text


def test_an_image_of_one_s_own_with_a_version_that_no_table_knows_only_warns() -> None:
    own = {"image": "registry.example/vllm:1", "version": "0.31.0", "quantization": "fp9"}
    assert refused("--new-flag", **own) == []
    lines = list(engine_lines(engine("--new-flag", **own)))
    assert [level for level, _ in lines] == ["warn", "warn", "warn"]
    assert "those of vllm 0.20.0: no table of 0.31.0" in lines[0][1]
    assert "--new-flag" in lines[1][1]
    assert "engine.quantization" in lines[2][1]
    assert [key for key, _, _ in refused("--api-key=hunter2", **own)] == [f"{EXTRA}[0]"]  # never a key, whatever the version


def test_an_image_of_one_s_own_with_a_version_that_a_table_knows_is_held_to_it() -> None:
    assert [key for key, _, _ in refused("--new-flag", image="registry.example/vllm:1")] == [f"{EXTRA}[0]"]


def test_a_version_without_a_table_and_without_an_image_is_held_to_the_nearest_older_one() -> None:
    keys = [key for key, _, _ in refused("--new-flag", version="0.31.0", quantization="fp9")]
    assert keys == ["fourways:serving.engine.version", f"{EXTRA}[0]", "fourways:serving.engine.quantization"]


def test_nothing_is_said_where_nothing_is_to_be_said() -> None:
    assert list(engine_lines(engine("--enforce-eager"))) == []
    assert list(engine_lines(engine(version="0.31.0"))) == []


def test_what_the_engine_calls_deprecated_is_said_with_its_successor() -> None:
    assert list(engine_lines(engine("--cuda-graph-bs", "1", "2", name="sglang"))) == [
        ("info", "engine.extraArguments: --cuda-graph-bs is deprecated in sglang 0.5.17: use --cuda-graph-bs-decode")
    ]


@pytest.mark.parametrize("of", TABLES, ids=lambda of: f"{of.engine} {of.version}")
def test_each_setting_writes_what_the_parser_has(of: Table) -> None:
    settings = set(Engine.model_fields) - {"name", "version", "image", "extra_arguments", "multi_node"}
    assert set(SPELLINGS[of.engine]) == settings
    for spelling in SPELLINGS[of.engine].values():
        for words in (spelling.on, spelling.off) if isinstance(spelling, Switch) else ((spelling, "1"),):
            flag = of.find(words[0]) if words else None
            assert (flag is None) == (words == ())
            assert flag is None or flag.values == ("1" if len(words) == 2 else "0")


def given_settings(of: Table, found: Reading) -> dict[str, Any]:
    """The settings that a command line says, by the table alone."""
    said: dict[str, Any] = {}
    for setting, spelling in SPELLINGS[of.engine].items():
        names = list(flags(spelling))
        last = found.last(of.spelled[names[0]].flag)
        if last is None:
            continue
        if isinstance(spelling, str):
            said[setting] = last.values[0]
        elif last.flag.values == "0":
            said[setting] = (not last.off) if spelling.on else False
        elif spelling.on:
            said[setting] = last.values[0] != spelling.off[1]
        elif last.values[0] == spelling.off[1]:
            said[setting] = False
    if said.get("chunked_prefill") is False and of.engine == "sglang":
        del said["chunked_prefill_tokens"]  # -1 is what switches it off
    return said


@given(
    of=st.sampled_from(TABLES),
    numbers=st.fixed_dictionaries(
        {"tensorParallel": st.integers(2, 8), "pipelineParallel": st.integers(1, 16), "gpuMemoryFraction": st.floats(0.01, 1)},
        optional={
            "dataParallel": st.integers(1, 16),
            "maxModelLen": st.integers(1, 10**7),
            "maxSequences": st.integers(1, 10**4),
            "chunkedPrefillTokens": st.integers(1, 10**5),
            "expertParallel": st.booleans(),
            "prefixCaching": st.booleans(),
            "chunkedPrefill": st.booleans(),
        },
    ),
    names=st.data(),
    machines=st.integers(1, 4),
)
def test_the_command_read_by_the_table_says_the_settings(of: Table, numbers: dict[str, Any], names: st.DataObject, machines: int) -> None:
    for setting, flag in (("quantization", "--quantization"), ("kvCacheDtype", "--kv-cache-dtype")):
        known = [str(one) for one in of.spelled[flag].choices if one != "None"]
        if (chosen := names.draw(st.none() | st.sampled_from(known))) is not None:
            numbers[setting] = chosen
    if numbers.get("chunkedPrefill") is False:
        numbers.pop("chunkedPrefillTokens", None)
    given = engine(name=of.engine, version=of.version, **numbers)
    for rank in range(machines):
        line = arguments(given, "m", nodes=machines, node_rank=rank, head="10.0.0.1")
        start = START[of.engine]
        words = line[len(start) - 1 :] if of.engine == "sglang" else line[len(start) + 1 :]
        found = read(of, words)
        assert found.mistakes == []
        said = given_settings(of, found)
        # What an engine does unasked is not written: true is the same as nothing.
        wanted = {
            setting: value
            for setting in SPELLINGS[of.engine]
            if (value := getattr(given, setting)) is not None
            and not (value is True and isinstance(switch := SPELLINGS[of.engine][setting], Switch) and not switch.on)
        }
        assert said == {setting: value if isinstance(value, bool) else str(value) for setting, value in wanted.items()}
        assert (found.last("--nnodes") is not None) == (machines > 1)


def test_the_plan_takes_settings_and_where_they_are_left_out_the_arguments() -> None:
    assert (plan(engine(dataParallel=2, maxSequences=9)).data, plan(engine(dataParallel=2, maxSequences=9)).sequences) == (2, 9)
    both = engine("--data-parallel-size=4", "--max-num-seqs", "8")
    assert (plan(both).data, plan(both).sequences) == (4, 8)
    inside = plan(engine("--enable-dp-attention", name="sglang", tensorParallel=8, dataParallel=4))
    assert (inside.tensor, inside.data, inside.gpus) == (2, 4, 8)


def test_settings_that_came_later_write_nothing_where_they_are_left_out() -> None:
    for name in SPELLINGS:
        of = engine(name=name)
        assert {value.removeprefix("engine.") for value in written(of).values()} == {to_camel(setting) for setting in ALWAYS}
        assert len(arguments(of, "m")) == len(START[name]) + 1 + 6 + 2 * 3  # the folder, where it listens, and two numbers and a fraction


@pytest.mark.parametrize(
    ("name", "rank", "words"),
    [
        ("vllm", 0, ["--nnodes", "2", "--node-rank", "0", "--master-addr", "10.0.0.1"]),
        ("vllm", 1, ["--nnodes", "2", "--node-rank", "1", "--master-addr", "10.0.0.1", "--headless"]),
        ("sglang", 1, ["--dist-init-addr", "10.0.0.1:5000", "--nnodes", "2", "--node-rank", "1"]),
    ],
)
def test_one_engine_on_several_machines(name: str, rank: int, words: list[str]) -> None:
    line = arguments(engine("--seed=1", name=name), "m", folder="/mnt/w", port=9000, nodes=2, node_rank=rank, head="10.0.0.1")
    assert line[: len(START[name]) + 1] == [*START[name], "/mnt/w"]
    assert line[line.index("--port") + 1] == "9000"
    assert line[-len(words) - 1 :] == [*words, "--seed=1"]


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        (0, ["/opt/fourways/ray_head.sh", "10.0.0.1", "6379", "vllm", "serve"]),
        (1, ["ray", "start", "--address", "10.0.0.1:6379", "--block"]),
    ],
)
def test_one_engine_by_ray(rank: int, words: list[str]) -> None:
    line = arguments(engine("--seed=1", multiNode="ray"), "m", nodes=2, node_rank=rank, head="10.0.0.1")
    assert line[:5] == words
    assert line[5:] == ([] if rank else [*arguments(engine(), "m")[2:], "--distributed-executor-backend", "ray", "--seed=1"])


def test_ray_is_a_setting_where_it_is_asked_for() -> None:
    """Elsewhere the argument is as good as any other."""
    assert [key for key, *_ in refused("--distributed-executor-backend=mp")] == []
    keys = [key for key, *_ in refused("--distributed-executor-backend=mp", multiNode="ray")]
    assert "fourways:serving.engine.extraArguments[0]" in keys


@pytest.mark.parametrize("wrong", [{"head": None}, {"node_rank": 2}, {"node_rank": -1}])
def test_machines_need_a_head_and_a_number(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="of 2 needs the address of machine 0"):
        arguments(engine(), "m", **({"nodes": 2, "node_rank": 0, "head": "10.0.0.1"} | wrong))
