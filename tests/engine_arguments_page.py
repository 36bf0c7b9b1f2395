"""docs/engine-arguments.md: the settings of an engine, the flags that they write, and the tables that arguments are held against.
`python -m tests.engine_arguments_page` writes the page; a test holds it against the code."""

from __future__ import annotations

from pathlib import Path

from pydantic.alias_generators import to_camel

from fourways.catalog.engine_arguments.tables import table, versions
from stacks.engine_flags import SPELLINGS, Spelling
from stacks.kinds.engine import Engine

PAGE = Path(__file__).parents[1] / "docs" / "engine-arguments.md"
HEAD = """# Settings and arguments of an inference engine

`engine` is the same for every kind that runs one. A setting that is left out writes nothing, and the engine's own default holds; only
`tensorParallel`, `pipelineParallel` and `gpuMemoryFraction` are always written. Made by `python -m tests.engine_arguments_page`.

```yaml
engine:
  name: vllm # or sglang
  version: "0.20.0"
  tensorParallel: 8
  expertParallel: true
  maxSequences: 64
  extraArguments:
    - --enable-auto-tool-choice
    - --tool-call-parser=deepseek_v4
    - '--speculative-config {"method": "mtp", "num_speculative_tokens": 1}'
```

"""
ARGUMENTS = """
`-`: the engine does it unasked, and true writes nothing. With SGLang's `--enable-dp-attention` the copies (`dataParallel`) lie inside
`tensorParallel` and must divide it; without it, and with vLLM, they take that many times the GPUs.

## Extra arguments

Each text of `extraArguments` is one word, or a flag with its values (`--a b`, `--a=b`, `--sizes 1 2 4`, `--config {"x": 1}`), split as a
shell would. They are read as the engine's own parser reads them: abbreviations, vLLM's underscores, `-O3` and dotted parts of JSON
(`--compilation-config.level 3`). Before anything is declared they are held against the table of the engine's version:

- an argument that the engine does not have, that may be two, that lacks its value or has one too many;
- a value that is no number or no JSON where one is wanted, or none of the choices; `quantization` and `kvCacheDtype` likewise;
- what a setting writes, under any spelling: for the first six settings of the table always, for the others where the setting is given;
- keys, where the engine listens, and the machines of a replica: these are never arguments.

A version without a table is held against that of the nearest older one, and a line says so. Where such a version comes with an
`engine.image` of one's own, what the table does not know only warns: the image may have more.

## Tables

Generated from the packages on PyPI, by syntax tree: nothing of an engine is imported. Not in them: what a parser computes when it runs
(choices of other platforms, plugins), and keys inside JSON values. vLLM looks up `--quantization`, `--tool-call-parser` and
`--reasoning-parser` after its parser; those choices are in the tables as well. All five were held once against the parsers themselves, run
with stand-ins for everything heavy: the same arguments, types, choices and numbers of values.

"""
RENEW = """
After a row was added to `fourways/catalog/images.yaml`: `python -m tests.engine_arguments` (downloads about 800 MB; a folder as its
argument keeps them). A parser that is written in a way the readers do not know ends it with the text that it does not know.

## Several machines

`arguments` in `components/engine_command.py` gives the words for each of them: for SGLang `--dist-init-addr`, `--nnodes` and `--node-rank`,
for vLLM `--nnodes`, `--node-rank` and `--master-addr`, and `--headless` on all but the first. That needs no Ray, which vLLM's package no
longer requires (0.14.0 does, 0.20.0 does not) and its image leaves out since 0.19.
"""


def said(spelling: Spelling) -> str:
    """The words of a setting: `--flag N`, or those of true and of false."""
    if isinstance(spelling, str):
        return f"`{spelling}`"
    both = (" ".join(words).replace("{tensor_parallel}", "tensorParallel") for words in (spelling.on, spelling.off))
    return " / ".join(f"`{words}`" if words else "-" for words in both)


def document() -> str:
    """The page."""
    rows = [
        f"| `{to_camel(setting)}` | {Engine.model_fields[setting].description} | {said(SPELLINGS['vllm'][setting])} | "
        f"{said(SPELLINGS['sglang'][setting])} |"
        for setting in SPELLINGS["vllm"]
    ]
    settings = "| setting | what it says | vLLM (true / false) | SGLang (true / false) |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    known = [table(engine, version) for engine in SPELLINGS for version in versions(engine)]
    tables = "| engine | version | arguments | package |\n|---|---|---|---|\n"
    tables += "".join(f"| {one.engine} | {one.version} | {len(one.flags)} | `{one.package}` |\n" for one in known)
    return HEAD + settings + ARGUMENTS + tables + RENEW


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
