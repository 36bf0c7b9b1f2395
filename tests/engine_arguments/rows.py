"""What the readers of both engines make: the arguments of `add_argument` turned into rows of a table."""

from __future__ import annotations

import ast
from typing import Any

from fourways.catalog.engine_arguments.tables import Flag
from tests.engine_arguments.sources import Module, Unknown

Keywords = dict[str, Any]
"""What `add_argument` is given, by keyword: `type` and `action` as their source text, `none` where the type takes None, the rest as
values."""

TYPES = {
    "str": "text",
    "int": "int",
    "float": "float",
    "json.loads": "json",
    "json_list_type": "json",
    "nullable_str": "text",
    "parse_cuda_graph_config_arg": "json",
    "union_dict_and_str": "json or text",
    "human_readable_int": "int with suffix",
    "human_readable_int_or_auto": "int with suffix or auto",
    "lambda s: s.lower().replace('-', '_')": "lower case",
}
#: Actions that store what follows, and how many values those take that do not.
STORING = ("append", "LoRAParserAction", "LoRAPathAction", "DeprecatedAliasStoreAction")
NO_VALUE = ("store_true", "store_false", "store_const", "DeprecatedAction", "DeprecatedStoreTrueAction", "DeprecatedStoreConstAction")


def type_of(text: str) -> Keywords:
    """The keywords of a parsing function as it is written: `optional_type(json.loads)` is JSON that may be None."""
    for wrapper, none in (("optional_type(", True), ("parse_type(", False)):
        if text.startswith(wrapper):
            return {"none": none} | type_of(text.removeprefix(wrapper).removesuffix(")"))
    if text not in TYPES:
        raise Unknown(f"a type that no table has a word for: {text}")
    return {"type": text} | ({"none": True} if text == "nullable_str" else {})


def row(names: list[str], given: Keywords) -> Flag:
    """The row of one argument. The first name with two dashes is the one that it goes by."""
    flag = next(name for name in names if name.startswith("--"))
    made: dict[str, Any] = {"flag": flag, "aliases": tuple(name for name in names if name != flag)}
    action = given.get("action") or "store"
    if action.endswith("BooleanOptionalAction"):
        made |= {"values": "0", "negative": f"--no-{flag.removeprefix('--')}"}
    elif action in NO_VALUE:
        made |= {"values": "0"}
    elif action in (*STORING, "store"):
        made |= {"values": given.get("nargs") or "1", "type": TYPES[given.get("type") or "str"], "none": bool(given.get("none"))}
        made |= {"choices": tuple(given.get("choices") or ()), "unless": given.get("unless")}
    else:
        raise Unknown(f"an action that no table has a word for: {action}")
    if action.startswith("Deprecated") or given.get("deprecated"):
        made |= {"instead": given.get("new_flag") or ""}
    default = given.get("default")
    if isinstance(default, str | int | float | bool):
        made |= {"default": default}
    return Flag.model_validate(made)


def keywords(call: ast.Call, module: Module, local: dict[str, Any]) -> Keywords:
    """The keywords of a call of `add_argument` (or of SGLang's `Arg`) that are written out."""
    found: Keywords = {}
    for one in call.keywords:
        if one.arg in ("type", "type_parser"):
            found |= type_of(ast.unparse(one.value))
        elif one.arg == "action":
            found["action"] = one.value.value if isinstance(one.value, ast.Constant) else ast.unparse(one.value)
        elif one.arg in ("choices", "nargs", "new_flag", "aliases", "cli_name", "no_cli", "deprecated"):
            found[one.arg] = module.value(one.value, local)
        elif one.arg == "default":
            found["default"] = plain(one.value, module)
    return found


def plain(node: ast.expr, module: Module) -> Any:
    """The value of a default; None where it has none before the engine runs."""
    try:
        return module.value(node)
    except Unknown:
        return None


def written(flag: Flag) -> Keywords:
    """A row as the YAML files have it: without what is as usual."""
    usual = Flag(flag=flag.flag)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in flag.model_dump(exclude={"flag"}).items()
        if value != getattr(usual, name)
    }
