"""Levels and parameters of the rules, from `config.yaml`. `--policy-pack-config FILE` (JSON, the engine's own option) goes over it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from policies.model import Parameters, Rule

CONFIG = Path(__file__).with_name("config.yaml")


class Setting(BaseModel):
    """One rule's entry: how binding it is, and its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["mandatory", "advisory", "disabled"] = "mandatory"
    parameters: dict[str, Any] = {}


def load(rules: Iterable[Rule[Any]], path: Path = CONFIG) -> Iterator[tuple[Rule[Any], Setting]]:
    """Each rule with its setting. A rule that the file does not name, or a name that is no rule, is an error: a typing slip must not switch
    a rule off. Raises ValueError naming the entry."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    by_name = {rule.name: rule for rule in rules}
    if wrong := set(given) ^ set(by_name):
        raise ValueError(f"{path.name}: {', '.join(sorted(wrong))}: each rule has one entry here, and each entry is a rule")
    for name, rule in by_name.items():
        try:
            setting = Setting.model_validate(given[name] or {})
            parameters: Parameters = rule.parameters.model_validate(setting.parameters)
        except ValidationError as error:
            wrong = {f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()}
            raise ValueError(f"{path.name}: {name}: {'; '.join(sorted(wrong))}") from None
        yield rule, setting.model_copy(update={"parameters": parameters.model_dump(mode="json")})
