"""The arguments of `python -m sglang.launch_server`: calls of `add_argument`, and, since 0.5.14, annotated fields of `ServerArgs`.

Follows sglang/srt/server_args.py (`add_cli_args`) and sglang/srt/arg_groups/arg_utils.py (`add_cli_args_from_dataclass`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from fourways.catalog.engine_arguments.tables import Flag
from tests.engine_arguments.rows import Keywords, keywords, plain, row
from tests.engine_arguments.sources import Class, Module, Sources, Unknown

WHERE = "sglang.srt.server_args"


def flags(sources: Sources) -> list[Flag]:
    """Every argument, in the order of the source. Raises Unknown where the source is written in a way that is not known here."""
    module = sources.the(WHERE)
    server = module.named("ServerArgs")
    add = server.method("add_cli_args") if isinstance(server, Class) else None
    if add is None:
        raise Unknown("ServerArgs.add_cli_args")
    return list(_added(add.body, module, server))


def _added(body: list[ast.stmt], module: Module, server: Class) -> Iterator[Flag]:
    local: dict[str, Any] = {}
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_argument")) as call):
                names = [str(module.value(name)) for name in call.args]
                yield row(names, keywords(call, module, local))
            case ast.Expr(value=ast.Call(func=ast.Name(id="add_cli_args_from_dataclass"))):
                yield from _of_fields(server)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                local[name] = plain(value, module)
            case ast.Expr(value=ast.Constant()) | ast.ImportFrom():
                pass
            case _:
                raise Unknown(ast.unparse(statement))


def _of_fields(server: Class) -> Iterator[Flag]:
    for name, (annotation, module) in server.fields.items():
        match annotation:
            case ast.Subscript(value=ast.Name(id="A"), slice=ast.Tuple(elts=[hint, *notes])):
                given = _given(notes, module)
                if given is None or given.get("no_cli"):
                    continue
                if name in server.members:
                    given["default"] = plain(server.members[name], module)
                if "action" not in given:
                    said = _of_hint(hint, module)
                    if "type" in given:  # a function of its own reads the whole list out of one value
                        said.pop("nargs", None)
                    given = said | given
                yield row([given.get("cli_name") or f"--{name.replace('_', '-')}", *(given.get("aliases") or ())], given)


def _given(notes: list[ast.expr], module: Module) -> Keywords | None:
    """What the annotation says besides the type: keywords of `Arg`, or nothing but a help text. None: no argument."""
    for note in notes:
        match note:
            case ast.Call(func=ast.Name(id="Arg")):
                return keywords(note, module, {}) | _extra(note, module)
            case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp():
                return {}
    return None


def _extra(note: ast.Call, module: Module) -> Keywords:
    """What `action_kwargs` adds for the action."""
    for one in note.keywords:
        if one.arg == "action_kwargs" and isinstance(one.value, ast.Dict):
            pairs = zip(one.value.keys, one.value.values, strict=True)
            call = ast.Call(
                func=ast.Name(id="Arg"), args=[], keywords=[ast.keyword(arg=module.value(key), value=value) for key, value in pairs if key]
            )
            return keywords(call, module, {})
    return {}


def _of_hint(hint: ast.expr, module: Module) -> Keywords:
    """What the type alone says."""
    match hint:
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inside):
            return _of_hint(inside, module)
        case ast.BinOp(op=ast.BitOr(), left=left, right=ast.Constant(value=None)):
            return _of_hint(left, module)
        case ast.Subscript(value=ast.Name(id="Literal")):
            choices = module.value(hint)
            return {"choices": choices, "type": "int" if isinstance(choices[0], int) else "str"}
        case ast.Subscript(value=ast.Name(id="List" | "list"), slice=inside):
            return {"nargs": "+"} | _of_hint(inside, module)
        case ast.Name(id="bool"):
            return {"action": "store_true"}
        case ast.Name(id="int" | "float" as name):
            return {"type": name}
        case ast.Name() if isinstance(alias := module.find(hint), tuple):
            return _of_hint(alias[0], alias[1])
    return {"type": "str"}
