"""What vLLM makes of a field's type: the keywords that `get_kwargs` in vllm/engine/arg_utils.py gives to `add_argument`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.engine_arguments.rows import Keywords
from tests.engine_arguments.sources import Class, Module

BUILT_IN = ("bool", "int", "float", "str", "tuple", "list", "set", "dict")
TRANSPARENT = ("Annotated", "SkipValidation", "Optional", "InitVar")
WITH_SUFFIX = {"max_model_len": "human_readable_int_or_auto"}
SUFFIX = ("max_num_batched_tokens", "kv_cache_memory_bytes")


@dataclass(frozen=True)
class Hint:
    """One alternative of a type: a built-in name, `literal`, `none`, `dataclass`, or `other`; with what stands in its brackets."""

    kind: str
    inside: ast.expr | None
    module: Module


def hints(node: ast.expr, module: Module) -> Iterator[Hint]:
    """The alternatives of a type, aliases followed."""
    match node:
        case ast.Constant(value=None):
            yield Hint("none", None, module)
        case ast.Constant(value=str() as text):
            yield from hints(ast.parse(text, mode="eval").body, module)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from hints(left, module)
            yield from hints(right, module)
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=alternatives)):
            for one in alternatives:
                yield from hints(one, module)
        case ast.Subscript(value=ast.Name(id=name), slice=inside) if name in TRANSPARENT:
            if name == "Optional":
                yield Hint("none", None, module)
            yield from hints(inside.elts[0] if isinstance(inside, ast.Tuple) else inside, module)
        case ast.Subscript(value=ast.Name(id="Literal")):
            yield Hint("literal", node, module)
        case ast.Subscript(value=ast.Name(id=name), slice=inside) if name in BUILT_IN:
            yield Hint(name, inside, module)
        case ast.Name(id=name) if name in BUILT_IN:
            yield Hint(name, None, module)
        case _:
            match module.find(node):
                case Class() as found:
                    yield Hint("dataclass" if found.is_dataclass else "other", None, module)
                case (ast.expr() as alias, Module() as there):
                    yield from hints(alias, there)
                case _:
                    yield Hint("other", None, module)


def keywords_of(name: str, annotation: ast.expr, module: Module) -> Keywords:
    """The keywords for a field of this name and type."""
    found = list(hints(annotation, module))
    kinds = {one.kind: one for one in found}
    if "dataclass" in kinds:
        made: Keywords = {"type": "json.loads"}
    elif "bool" in kinds:
        return {"action": "BooleanOptionalAction"}
    elif "literal" in kinds:
        made = _literal(kinds["literal"], open_="str" in kinds)
    elif sequence := next((kinds[one] for one in ("tuple", "list", "set") if one in kinds), None):
        made = _sequence(sequence)
    elif "int" in kinds:
        made = {"type": WITH_SUFFIX.get(name, "human_readable_int" if name in SUFFIX else "int")}
    elif "float" in kinds:
        made = {"type": "float"}
    elif "dict" in kinds:
        made = {"type": "union_dict_and_str" if "str" in kinds or "other" in kinds else "json.loads"}
    else:
        made = {"type": "str"}
    if "none" in kinds:
        made["none"] = True
        if made.get("choices"):
            made["choices"] = [*made["choices"], "None"]
    return made


def _literal(hint: Hint, open_: bool) -> Keywords:
    """The choices of a Literal; beside `str` they are shown and not held to."""
    assert hint.inside is not None
    options = hint.module.value(hint.inside)
    kind = "int" if isinstance(options[0], int) else "str"
    return {"type": kind} if open_ else {"type": kind, "choices": sorted(options)}


def _sequence(hint: Hint) -> Keywords:
    """One value or more, of the type of the elements; a tuple of a fixed length is taken as one or more as well."""
    inside = hint.inside.elts[0] if isinstance(hint.inside, ast.Tuple) else hint.inside
    of = list(hints(inside, hint.module)) if inside is not None else []
    if len(of) == 1 and of[0].kind == "literal":
        return {"nargs": "+"} | _literal(of[0], open_=False)
    return {"nargs": "+", "type": of[0].kind if len(of) == 1 and of[0].kind in ("int", "float") else "str"}
