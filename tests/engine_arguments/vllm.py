"""The arguments of `vllm serve`: fields of vLLM's config classes, and calls of `add_argument` that name them one by one.

Follows vllm/entrypoints/openai/cli_args.py (`make_arg_parser`, `FrontendArgs`) and vllm/engine/arg_utils.py (`EngineArgs`,
`AsyncEngineArgs`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from fourways.catalog.engine_arguments.tables import Flag
from tests.engine_arguments.hints import keywords_of
from tests.engine_arguments.rows import Keywords, keywords, plain, row, type_of
from tests.engine_arguments.sources import Class, Module, Sources, Unknown

CLI, ENGINE = "vllm.entrypoints.openai.cli_args", "vllm.engine.arg_utils"

#: Texts that the parser lets through and the engine then holds against a list, unless an argument adds to it.
LATER = {
    "--quantization": ("vllm.model_executor.layers.quantization", "QuantizationMethods", None),
    "--tool-call-parser": ("vllm.tool_parsers", "_TOOL_PARSERS_TO_REGISTER", "--tool-parser-plugin"),
    "--reasoning-parser": ("vllm.reasoning", "_REASONING_PARSERS_TO_REGISTER", "--reasoning-parser-plugin"),
}


def flags(sources: Sources) -> list[Flag]:
    """Every argument, in the order of the source. Raises Unknown where the source is written in a way that is not known here."""
    cli, engine = sources.the(CLI), sources.the(ENGINE)
    found: list[Flag] = []
    for module, body in (
        (cli, _function(cli, "make_arg_parser")),
        (cli, _frontend(cli)),
        (engine, _method(engine, "EngineArgs")),
        (engine, _method(engine, "AsyncEngineArgs")),
    ):
        found += _Reader(module).read(body)
    return [_checked_later(flag, sources) for flag in found]


def _function(module: Module, name: str) -> list[ast.stmt]:
    found = module.names.get(name)
    if not isinstance(found, ast.FunctionDef):
        raise Unknown(f"{module.name}.{name}")
    return found.body


def _method(module: Module, of: str, name: str = "add_cli_args") -> list[ast.stmt]:
    found = module.named(of)
    method = found.method(name) if isinstance(found, Class) else None
    if method is None:
        raise Unknown(f"{module.name}.{of}.{name}")
    return method.body


def _frontend(module: Module) -> list[ast.stmt]:
    """What makes the arguments of the server: `add_cli_args` of one class, or, since 0.20, of a base and what both classes change in it."""
    own = module.named("FrontendArgs")
    whole = own.method("add_cli_args")
    if whole is not None:
        return list(whole.body)
    changes = [statement for one in (*own.bases, own) if (method := one.method("_customize_cli_kwargs")) for statement in method.body]
    start = ast.parse("frontend_kwargs = get_kwargs(FrontendArgs)").body
    base = next(method for one in own.bases if (method := one.method("add_cli_args")))
    return [*start, *changes, *(one for one in base.body if isinstance(one, ast.For))]


def _checked_later(flag: Flag, sources: Sources) -> Flag:
    where = LATER.get(flag.flag)
    if where is None or flag.choices:
        return flag
    module, name, unless = where
    there = sources.the(module)
    return flag.model_copy(update={"choices": tuple(there.value(ast.Name(id=name))), "unless": unless})


class _Reader:
    """Follows one function: which keywords each field has, what is changed in them, and which become an argument."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.tables: dict[str, dict[str, Keywords]] = {}
        self.single: dict[str, Keywords] = {}

    def read(self, body: list[ast.stmt]) -> Iterator[Flag]:
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, statement: ast.stmt) -> Iterator[Flag]:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="get_kwargs"), args=[of])):
                self.tables[name] = self._fields(of)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as value) if self._is_row(value):
                self.single[name] = self._row(value)
            case ast.Assign(targets=[ast.Subscript(value=target, slice=ast.Constant(value=str() as key))], value=value):
                self._change(self._row(target), key, value)
            case ast.AugAssign(target=ast.Subscript(value=target, slice=ast.Constant(value=str() as key)), value=value):
                row_ = self._row(target)
                row_[key] = [*row_[key], *self.module.value(value)]
            case ast.Delete(targets=[ast.Subscript(value=target, slice=ast.Constant(value=str() as key))]):
                self._row(target).pop(key, None)
            case ast.If(body=inside):
                yield from self.read(inside)
            case ast.For(iter=ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="items"))):
                for name, given in self.tables[table].items():
                    yield row([f"--{name.replace('_', '-')}"], given)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_argument")) as call):
                names = [str(self.module.value(name)) for name in call.args]
                if names[0].startswith("-"):
                    yield row(names, self._given(call))
            case _:  # groups, help texts, plugins
                pass

    def _fields(self, of: ast.expr) -> dict[str, Keywords]:
        found = self.module.find(of)
        if not isinstance(found, Class):
            raise Unknown(ast.unparse(of))
        made = {}
        for name, (annotation, module) in found.fields.items():
            if not ast.unparse(annotation).startswith("ClassVar"):
                made[name] = keywords_of(name, annotation, module)
                if name in found.members:
                    made[name]["default"] = plain(found.members[name], module)
        return made

    def _is_row(self, node: ast.Subscript) -> bool:
        return isinstance(node.value, ast.Name) and node.value.id in self.tables

    def _row(self, node: ast.expr) -> Keywords:
        match node:
            case ast.Name(id=name):
                return self.single[name]
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str() as name)):
                return self.tables[table][name]
        raise Unknown(ast.unparse(node))

    def _change(self, given: Keywords, key: str, value: ast.expr) -> None:
        if key == "type":
            given.pop("none", None)
            given |= type_of(ast.unparse(value))
        elif key == "action":
            given["action"] = value.value if isinstance(value, ast.Constant) else ast.unparse(value)
        elif key in ("choices", "nargs", "default"):
            given[key] = plain(value, self.module)

    def _given(self, call: ast.Call) -> Keywords:
        found: dict[str, Any] = {}
        for one in call.keywords:
            if one.arg is not None:
                continue
            match one.value:
                case ast.Dict(keys=keys, values=values):
                    for key, value in zip(keys, values, strict=True):
                        if key is None:
                            found |= self._row(value)
                        else:
                            self._change(found, str(self.module.value(key)), value)
                case _:
                    found |= self._row(one.value)
        return found | keywords(call, self.module, {})
