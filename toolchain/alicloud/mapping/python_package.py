"""Reads the shape of the installed pulumi_alicloud package out of its source: tokens, properties, nested types, what is required.

The package is generated, so its text is regular: its syntax trees give the same and take ten times as long.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

_GETTER = re.compile(
    r"    @_builtins\.property\n    @pulumi\.getter(?:\(name=\"(?P<wire>\w+)\"\))?\n"
    r"(?:    @_utilities\.deprecated\(\"\"\"(?P<deprecated>.*?)\"\"\"\)\n)?"
    r"    def (?P<name>\w+)\(self\) -> (?P<type>.*?):\n",
    re.DOTALL,
)
_CLASS = re.compile(r"^class (?P<name>\w+)(?:\(.*?\))?:\n", re.MULTILINE)
_INIT = re.compile(r"    def __init__\(__self__, \*,\n(?P<parameters>.*?)\):\n", re.DOTALL)
_PARAMETER = re.compile(r"^\s*(?P<name>\w+): (?P<type>.*?)(?P<default> = None)?,?$", re.MULTILINE)
_FUNCTION = re.compile(
    r"^def (?P<name>get_\w+)\((?P<parameters>.*?)\) -> Awaitable\w+:\n.*?"
    r"pulumi\.runtime\.invoke\('(?P<token>[^']+)', __args__, opts=opts, typ=(?P<result>\w+)\)",
    re.MULTILINE | re.DOTALL,
)
_RESOURCE = re.compile(r"super\((?P<name>\w+), __self__\)\.__init__\(\s*'(?P<token>[^']+)'")
_ARGUMENT = re.compile(r"__args__\['(\w+)'\] = (\w+)$", re.MULTILINE)
_RENAMED = re.compile(r"warnings\.warn\(\"\"\"alicloud\.(?P<old>\S+) has been deprecated in favor of alicloud\.(?P<new>\S+)\"\"\"")
_NESTED = re.compile(r"'(?:(?P<scope>_[\w.]*|outputs)\.)?(?P<name>[A-Z]\w*)'")


@dataclass
class Shape:
    """A property's type as far as wire shape goes: a list, a map, or neither, of plain values or of objects with `fields`."""

    is_list: bool
    is_map: bool
    required: bool = False
    deprecated: str = ""
    fields: dict[str, "Shape"] | None = None


@dataclass
class Entity:
    """A resource or a function (data source)."""

    token: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    replaces: str = ""  # the older token that this one is the new name of
    secrets: list[str] = field(default_factory=list)


@dataclass
class Package:
    resources: dict[str, Entity]
    functions: dict[str, Entity]


class _Module:
    """One folder of the package: the text of its classes, looked up by name and file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @functools.cached_property
    def outputs(self) -> dict[str, str]:
        return _classes(self.folder / "outputs.py")

    @functools.cached_property
    def inputs(self) -> dict[str, str]:
        return _classes(self.folder / "_inputs.py")


def _classes(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    text = path.read_text()
    found = list(_CLASS.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {match["name"]: text[match.end() : end] for match, end in zip(found, ends, strict=True)}


def _shapes(body: str, modules: tuple["_Module", "_Module"], direction: str, depth: int = 0) -> dict[str, Shape]:
    """Properties of one class. `direction`: outputs or inputs, where its nested classes are found."""
    if depth > 12:  # types of policy conditions refer to themselves
        return {}
    init = _INIT.search(body)
    optional = {match["name"] for match in _PARAMETER.finditer(init["parameters"]) if match["default"]} if init else None
    result = {}
    for match in _GETTER.finditer(body):
        annotation = match["type"]
        shape = Shape("Sequence[" in annotation, "Mapping[" in annotation, deprecated=match["deprecated"] or "")
        shape.required = optional is not None and match["name"] not in optional
        nested = _NESTED.search(annotation)
        if nested:
            own, root = modules
            module = root if "root" in (nested["scope"] or "") else own
            classes = module.outputs if direction == "outputs" else module.inputs
            shape.fields = _shapes(classes[nested["name"]], modules, direction, depth + 1)
        result[match["wire"] or match["name"]] = shape
    return result


def _parameters(text: str) -> dict[str, tuple[str, bool]]:
    """Python parameters of a function: annotation, and whether it must be given."""
    return {match["name"]: (match["type"], not match["default"]) for match in _PARAMETER.finditer(text)}


def _functions(text: str, modules: tuple[_Module, _Module], classes: dict[str, str]) -> Iterator[Entity]:
    for match in _FUNCTION.finditer(text):
        parameters = _parameters(match["parameters"])
        inputs = {}
        for wire, name in _ARGUMENT.findall(match[0]):
            annotation, required = parameters[name]
            shape = Shape("Sequence[" in annotation, "Mapping[" in annotation, required=required)
            nested = re.search(r"'(\w+)'", annotation)
            if nested:
                own, root = modules
                type_name = nested[1].removesuffix("Dict")
                shape.fields = _shapes((own.inputs.get(type_name) or root.inputs[type_name]), modules, "inputs")
            inputs[wire] = shape
        outputs = _shapes(classes[match["result"]], modules, "outputs")
        yield Entity(match["token"], inputs, outputs)


def _resources(text: str, modules: tuple[_Module, _Module], classes: dict[str, str]) -> Iterator[Entity]:
    for match in _RESOURCE.finditer(text):
        name = match["name"]
        secrets = re.search(r"additional_secret_outputs=\[([^\]]*)\]", classes[name])
        yield Entity(
            match["token"],
            # InitArgs where a nested type has taken the plain name
            inputs=_shapes(classes.get(f"{name}InitArgs") or classes[f"{name}Args"], modules, "inputs"),
            outputs=_shapes(classes[name], modules, "outputs"),
            secrets=re.findall(r'"(\w+)"', secrets[1]) if secrets else [],
        )


def read(name: str = "pulumi_alicloud") -> Package:
    """The shape of the package that is installed beside this Python. Raises ModuleNotFoundError where it is not."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    folder = Path(spec.origin).parent
    root = _Module(folder)
    package = Package({}, {})
    renamed: dict[str, str] = {}
    for path in [folder, *sorted(child for child in folder.iterdir() if child.is_dir())]:
        modules = (root if path == folder else _Module(path), root)
        for file in sorted(path.glob("*.py")):
            if file.name in ("__init__.py", "outputs.py", "_inputs.py", "_utilities.py", "vars.py"):
                continue
            text = file.read_text()
            classes = _classes(file)
            for entity in _resources(text, modules, classes):
                package.resources[entity.token] = entity
            for entity in _functions(text, modules, classes):
                package.functions[entity.token] = entity
            renamed |= {match["new"].lower(): match["old"].lower() for match in _RENAMED.finditer(text)}
    del package.resources["alicloud"]  # the provider itself
    _note_renames(package, renamed)
    return package


def _note_renames(package: Package, renamed: dict[str, str]) -> None:
    """Warnings name an entity as `starrocks/instance.Instance` or `ots.getTables`, in small letters where its token has capitals."""

    def short(name: str) -> str:
        return re.sub(r"(?:alicloud:)?(\w+)[^.:]*[.:](\w+)", r"\1.\2", name).lower()

    for entities in (package.resources, package.functions):
        by_name = {short(token): token for token in entities if ":" in token}
        for new, old in renamed.items():
            if short(new) in by_name and short(old) in by_name:
                entities[by_name[short(new)]].replaces = by_name[short(old)]
