"""`fourways advise`: reads a workload (options, a file, a stack), asks the advisor, prints what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from rich.table import Table

from fourways.advisor import FakeResults, advise, document, measured, page
from fourways.benchmark.results import ResultsError
from fourways.catalog.regions import all_regions
from fourways.cli.demo import console
from fourways.cli.errors import USAGE, UserError
from fourways.cli.project import stack_file
from fourways.costs.rates import Rates
from stacks.problems import closest, shown
from stacks.settings import read_stack_file
from stacks.workload import Workload

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "bn": 10**9}
NUMBER = re.compile(r"(?P<digits>\d+(?:\.\d+)?)(?P<unit>k|m|g|bn)?", re.IGNORECASE)
REGION = "ap-southeast-1"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The options of the command; None where one was not given. `fields` are the workload's own, by their keys, dots for nesting."""

    workload: Path | None = None
    stack: str | None = None
    region: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)
    results: Sequence[Path] = ()
    rates: Sequence[str] = ()
    output: str = "text"
    html: Path | None = None


def run(wanted: Wanted) -> None:
    """Print the advice, and write its page. Raises UserError with all that is wrong."""
    workload, region = workload_of(wanted)
    try:
        results = [measured(folder, workload) for folder in wanted.results]
    except (FakeResults, ResultsError) as error:
        raise UserError(str(error), USAGE) from error
    for one in results:
        if one.region != region:
            raise UserError(
                f"the results of {one.stack} are of {one.region}, the advice is for {region}: give --region {one.region}", USAGE
            )
    kinds = [one.kind for one in results]
    if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        raise UserError(f"several results are of {', '.join(twice)}: give one of each way of serving", USAGE)
    given = advise(workload, region=region, results=results, rates=Rates.parse(wanted.rates))
    if wanted.html is not None:
        wanted.html.write_text(page.page(given), encoding="utf-8")
    if wanted.output == "json":
        print(json.dumps(document.as_json(given), indent=2))
    elif wanted.output == "markdown":
        print(document.markdown(given), end="")
    else:
        console.print(f"[bold]{document.headline(given)}[/bold]", highlight=False)
        for grid in document.grids(given):
            console.print(_table(grid))
        for note in document.rests_on(given):
            console.print(f"- {note}", highlight=False, markup=False)
        if wanted.html is not None:
            console.print(f"page: {wanted.html}", highlight=False, markup=False)


def workload_of(wanted: Wanted) -> tuple[Workload, str]:
    """The workload and its region: of the stack or the file, with options above it. Raises UserError, SettingsError."""
    if wanted.workload is not None and wanted.stack is not None:
        raise UserError("--workload and --stack both give a workload: give one of them", USAGE)
    values: dict[str, Any] = {}
    region = wanted.region
    if wanted.stack is not None:
        settings = read_stack_file(stack_file(wanted.stack))
        region = region or settings.region
        if settings.advised_workload is not None:
            values = settings.advised_workload.model_dump(mode="json", by_alias=True, exclude_unset=True)
        elif settings.needs_own_capacity:
            values = {"isolation": "dedicated"}
    elif wanted.workload is not None:
        values = _file(wanted.workload)
    where = str(wanted.workload) if wanted.workload else f"fourways:workload of {wanted.stack}" if wanted.stack else "the workload"
    for key, value in wanted.fields.items():
        if value is not None:
            _put(values, key, value)
    if region is not None and region not in (known := all_regions()):
        raise UserError(f"--region {region} is not known; allowed: {', '.join(known)}. {closest(region, known)}Choose one", USAGE)
    try:
        return Workload.model_validate_json(json.dumps(values, default=str)), region or REGION
    except ValidationError as error:
        raise UserError(f"{where} cannot be used\n{_problems(error)}", USAGE) from error


def number(written: str) -> str:
    """`8M` as digits: k, M and G (or bn) are thousands, millions, billions. What is no number stays, for the model to refuse."""
    found = NUMBER.fullmatch(written.strip().replace(",", "").replace("_", ""))
    return written if found is None else f"{Decimal(found['digits']) * UNITS[(found['unit'] or '').lower()]:f}"


def _file(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(
            f"{path} cannot be read as YAML ({type(error).__name__}: {error}): give a workload file, see docs/advise.md", USAGE
        ) from error
    content = content.get("workload", content) if isinstance(content, Mapping) else content
    if not isinstance(content, Mapping):
        raise UserError(f"{path} has no mapping of keys: write tokensPerDay and what else is known of the load, see docs/advise.md", USAGE)
    return dict(content)


def _put(values: dict[str, Any], key: str, value: str) -> None:
    """Under a dotted key. Options are text: what is a number is written so, lists are parted by commas."""
    *path, last = key.split(".")
    target = values
    for part in path:
        target[part] = dict(target.get(part) or {})
        target = target[part]
    if last in ("start", "end", "months") and value.isdigit():
        target[last] = int(value)
    elif last == "days":
        target[last] = [day.strip() for day in value.split(",")]
    elif last == "keepOn":
        target[last] = value == "true"
    else:
        target[last] = number(value)


def _problems(error: ValidationError) -> str:
    """One line a mistake: key, what was given, what is allowed."""
    lines = []
    for detail in error.errors():
        path = list(detail["loc"])
        key = ".".join(map(str, path)) or "workload"
        allowed = _allowed(path)
        if detail["type"] == "missing":
            lines.append(f"  {key}: given nothing; allowed: {allowed}; to do: give it ({_option(key)})")
        elif detail["type"] == "extra_forbidden":
            known_keys = [field.alias or name for name, field in Workload.model_fields.items()]
            lines.append(
                f"  {key}: given an unknown key; allowed: {', '.join(known_keys)}; to do: {closest(str(path[-1]), known_keys)}correct it"
            )
        else:
            todo = str(detail["ctx"]["error"]) if detail["type"] == "value_error" else "correct the value"
            lines.append(f"  {key}: given {shown(detail['input'])}; allowed: {allowed}; to do: {todo}")
    return "\n".join(lines)


def _allowed(path: Sequence[int | str]) -> str:
    """The description of the field at a path."""
    schema: Mapping[str, Any] = Workload.model_json_schema()
    parts, place, told = schema.get("$defs", {}), schema, "a mapping of keys"
    for part in path:
        found = place.get("properties", {}).get(part)
        if found is None:
            break
        told = found.get("description", told)
        names = [one["$ref"].rsplit("/", 1)[-1] for one in (found, *found.get("anyOf", ())) if "$ref" in one]
        place = parts[names[0]] if names else {}
    return told


def _option(key: str) -> str:
    return {"tokensPerDay": "--tokens-per-day 8M"}.get(key, f"{key} in the workload file")


def _table(grid: document.Grid) -> Table:
    table = Table(title=grid.title, title_justify="left", caption=grid.note or None, caption_justify="left")
    for column in grid.columns:
        table.add_column(column)
    for row in grid.rows:
        table.add_row(*row)
    return table
