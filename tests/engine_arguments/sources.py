"""The modules of a package as syntax trees, and what a name in one stands for, across imports. Nothing is run."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


class Unknown(LookupError):
    """An expression that has no plain value: it is computed when the engine runs."""


@dataclass(frozen=True)
class Imported:
    """A name that another module has; without `name` the module itself."""

    module: str
    name: str | None


@dataclass(frozen=True, eq=False)
class Class:
    """A class as it is written."""

    node: ast.ClassDef
    module: Module

    @cached_property
    def bases(self) -> tuple[Class, ...]:
        """The classes it is made of that are written in the same package, last to first."""
        found = (self.module.find(base) for base in reversed(self.node.bases))
        return tuple(one for one in found if isinstance(one, Class))

    @cached_property
    def members(self) -> dict[str, ast.expr]:
        """The values assigned in the body, with those of the bases."""
        own: dict[str, ast.expr] = {}
        for base in self.bases:
            own |= base.members
        for statement in self.node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                own[statement.targets[0].id] = statement.value
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
                own[statement.target.id] = statement.value
        return own

    @cached_property
    def fields(self) -> dict[str, tuple[ast.expr, Module]]:
        """The annotated names, with those of the bases, and the module that each annotation is written in."""
        found: dict[str, tuple[ast.expr, Module]] = {}
        for base in self.bases:
            found |= base.fields
        for statement in self.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                found[statement.target.id] = (statement.annotation, self.module)
        return found

    def method(self, name: str) -> ast.FunctionDef | None:
        """A function of the body."""
        return next((one for one in self.node.body if isinstance(one, ast.FunctionDef) and one.name == name), None)

    @property
    def is_dataclass(self) -> bool:
        """Whether a decorator makes fields of the annotated names (vLLM's `config` does)."""
        return any(one in ast.unparse(decorator) for decorator in self.node.decorator_list for one in ("dataclass", "config"))


class Module:
    """One module: what its top level assigns, defines and imports."""

    def __init__(self, name: str, text: str, sources: Sources, package: str) -> None:
        self.name, self.sources, self.package = name, sources, package
        self.names: dict[str, ast.expr | ast.ClassDef | ast.FunctionDef | Imported] = {}
        self._read(ast.parse(text).body)

    def _read(self, body: list[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.If(test=test, body=then, orelse=other):
                    self._read(other if ast.unparse(test).endswith("TYPE_CHECKING") else then)
                case ast.Try(body=then):
                    self._read(then)
                case ast.ClassDef() | ast.FunctionDef():
                    self.names[statement.name] = statement
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    self.names[name] = value
                case ast.ImportFrom(names=names):
                    origin = self._origin(statement)
                    for one in names:
                        self.names[one.asname or one.name] = Imported(origin, one.name)
                case ast.Import(names=names):
                    for one in names:
                        if one.asname is not None:
                            self.names[one.asname] = Imported(one.name, None)

    def _origin(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        parts = self.package.split(".")
        above = parts[: len(parts) - statement.level + 1]
        return ".".join([*above, *([statement.module] if statement.module else [])])

    def find(self, node: ast.expr) -> Any:
        """What an expression names: a Class, a Module, or `(expression, module)` where it is assigned. None outside the package."""
        match node:
            case ast.Name(id=name):
                return self.named(name)
            case ast.Attribute(value=value, attr=attr):
                inside = self.find(value)
                if isinstance(inside, Module):
                    return inside.named(attr)
                if isinstance(inside, Class) and attr in inside.members:
                    return inside.members[attr], inside.module
        return None

    def named(self, name: str) -> Any:
        """As `find`, for a name of the top level."""
        match self.names.get(name):
            case Imported(module=module, name=None):
                return self.sources.module(module)
            case Imported(module=module, name=str() as inside):
                there = self.sources.module(module)
                found = there.named(inside) if there is not None and there is not self else None
                return found if found is not None else self.sources.module(f"{module}.{inside}")
            case ast.ClassDef() as node:
                return Class(node, self)
            case ast.expr() as node:
                return node, self
        return None

    def value(self, node: ast.expr, local: Mapping[str, Any] | None = None) -> Any:
        """The plain value of an expression. Raises Unknown where there is none before the engine runs."""
        local = local or {}
        match node:
            case ast.Constant(value=value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return [value for one in elements for value in self._element(one, local)]
            case ast.Dict(keys=keys):
                return {self.value(key, local): None for key in keys if key is not None}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value(operand, local)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.value(left, local) + self.value(right, local)
            case ast.Name(id=name) if name in local:
                return local[name]
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inside):
                given = self.value(inside if isinstance(inside, ast.Tuple) else ast.Tuple(elts=[inside]), local)
                return [value for one in given for value in (one if isinstance(one, list) else [one])]  # a Literal in a Literal
            case ast.ListComp(elt=element, generators=[ast.comprehension(target=ast.Name(id=name), iter=over, ifs=[])]):
                return [self.value(element, {**local, name: one}) for one in self._each(over, local)]
            case ast.Call():
                return self._called(node, local)
            case ast.Name() | ast.Attribute():
                return self._looked_up(node, local)
        raise Unknown(ast.unparse(node))

    def _element(self, node: ast.expr, local: Mapping[str, Any]) -> Iterator[Any]:
        if isinstance(node, ast.Starred):
            yield from self.value(node.value, local)
        else:
            yield self.value(node, local)

    def _each(self, node: ast.expr, local: Mapping[str, Any]) -> Iterator[Any]:
        found = self.find(node)
        if isinstance(found, Class):  # the members of an enumeration
            yield from ({"name": name, "value": found.module.value(value)} for name, value in found.members.items())
        else:
            yield from self.value(node, local)

    def _called(self, node: ast.Call, local: Mapping[str, Any]) -> Any:
        given = node.args
        match ast.unparse(node.func):
            case "list" | "tuple" | "get_args" | "int":
                return self.value(given[0], local)
            case "sorted":
                return sorted(self.value(given[0], local))
            case "permutations":
                return [list(one) for one in itertools.permutations(self.value(given[0], local), self.value(node.keywords[0].value, local))]
            case "Field" | "field":
                chosen = {one.arg: one.value for one in node.keywords}
                if "default" in chosen:
                    return self.value(chosen["default"], local)
        match node.func:
            case ast.Attribute(value=over, attr="keys"):
                return list(self.value(over, local))
            case ast.Attribute(value=text, attr="lower"):
                return str(self.value(text, local)).lower()
            case ast.Attribute(value=ast.Constant(value=str() as text), attr="join"):
                return text.join(self.value(given[0], local))
        raise Unknown(ast.unparse(node))

    def _looked_up(self, node: ast.Name | ast.Attribute, local: Mapping[str, Any]) -> Any:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in local:
            return local[node.value.id][node.attr]
        match self.find(node):
            case (ast.expr() as value, Module() as module) if value is not node:
                return module.value(value, module.within(value))
        raise Unknown(ast.unparse(node))

    def within(self, node: ast.expr) -> dict[str, Any]:
        """The plain values that a class's body gives its own expressions, for a value that is written there."""
        for one in self.names.values():
            if isinstance(one, ast.ClassDef):
                own = Class(one, self).members
                if node in own.values():
                    return {name: value.value for name, value in own.items() if isinstance(value, ast.Constant)}
        return {}


class Sources:
    """The modules of one package. `read` gives the text of a path such as `vllm/config/cache.py`, or None."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """A module by its dotted name; None where the package does not have it."""
        if name not in self._modules:
            self._modules[name] = None
            path = name.replace(".", "/")
            for file, package in ((f"{path}.py", name.rpartition(".")[0]), (f"{path}/__init__.py", name)):
                if (text := self._read(file)) is not None:
                    self._modules[name] = Module(name, text, self, package)
                    break
        return self._modules[name]

    def the(self, name: str) -> Module:
        """A module that has to be there."""
        found = self.module(name)
        if found is None:
            raise Unknown(f"the package has no module {name}")
        return found
