"""What differs between an answer of the cloud and one of the fake, and between the statuses that they showed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from fourways.verify.shape import EMPTY, JSON, MAP, OR, Shape, form

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")
_NOT_TEXT = frozenset({"number", "boolean", "null"})


class Record(BaseModel):
    """Base of what stands in a report: exactly these fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(Record):
    """One answer: HTTP status, the error code of a refusal, the shape of a body. `unanswered` says why there is none: then nothing is
    compared."""

    status: int | None = None
    code: str | None = None
    shape: Any = None
    unanswered: str | None = None


class Difference(Record):
    """`missing`: the cloud has the field and the fake does not; `extra`: the other way round; `type`: another type or kind of text;
    `values`: other values of a documented list; `status`: HTTP status; `code`: error code. `path` is in the body (`Services[].Status`)."""

    kind: Literal["missing", "extra", "type", "values", "status", "code"]
    path: str = ""
    cloud: Any = None
    fake: Any = None

    def mirrored(self) -> Difference:
        """The same difference with the sides changed."""
        kinds: dict[str, Any] = {"missing": "extra", "extra": "missing"}
        return Difference(kind=kinds.get(self.kind, self.kind), path=self.path, cloud=self.fake, fake=self.cloud)

    def words(self) -> str:
        """One line for people."""
        where = f"{self.path}: " if self.path else ""
        match self.kind:
            case "missing":
                return f"{where}the cloud has it, the fake does not"
            case "extra":
                return f"{where}the fake has it, the cloud does not"
            case "status":
                return f"HTTP {self.cloud} from the cloud, {self.fake} from the fake"
            case "code":
                return f"error code {self.cloud} from the cloud, {self.fake} from the fake"
            case _:
                return f"{where}{short(self.cloud)} from the cloud, {short(self.fake)} from the fake"


def short(of: Shape) -> str:
    """A shape in a word or two."""
    return of if isinstance(of, str) else form(of)


def error_code(code: str | None) -> str | None:
    """An error code as it may stand in a report: what does not look like one is not quoted."""
    return code if code is None or _CODE.fullmatch(code) else "(not a code)"


def between(cloud: Answer, fake: Answer) -> tuple[Difference, ...]:
    """Every difference of two answers to the same probe, none for equal ones. A refusal is compared by status and code only."""
    if cloud.unanswered or fake.unanswered:
        return ()
    found = []
    if cloud.status != fake.status:
        found.append(Difference(kind="status", cloud=cloud.status, fake=fake.status))
    if cloud.code != fake.code:
        found.append(Difference(kind="code", cloud=cloud.code, fake=fake.code))
    if cloud.shape is not None and fake.shape is not None and not found:
        found += _shapes(cloud.shape, fake.shape, "")
    return tuple(found)


def shown_by(cloud: Sequence[str], fake: Sequence[str]) -> bool:
    """Whether the fake shows the statuses that were seen on the cloud, in that order. It may show more: looks at the cloud are seconds
    apart and miss what is short; those at the fake miss nothing."""
    rest = iter(fake)
    return all(status in rest for status in cloud)


def _shapes(cloud: Shape, fake: Shape, path: str) -> Iterator[Difference]:
    if cloud == fake:
        return
    if isinstance(cloud, str) and isinstance(fake, str):
        yield from _scalars(cloud, fake, path)
    elif isinstance(cloud, list) and isinstance(fake, list):
        if cloud and fake:  # an empty list says nothing about its items
            yield from _shapes(cloud[0], fake[0], f"{path}[]")
    elif isinstance(cloud, dict) and isinstance(fake, dict) and form(cloud) == form(fake) == "object":
        for field in sorted({*cloud, *fake}):
            yield from _field(cloud, fake, field, f"{path}.{field}" if path else field)
    elif isinstance(cloud, dict) and isinstance(fake, dict) and form(cloud) == form(fake) and {JSON, MAP} & set(cloud):
        key = next(iter(cloud))
        yield from _shapes(cloud[key], fake[key], f"{path}{{}}")
    else:
        yield Difference(kind="type", path=path, cloud=cloud, fake=fake)


def _field(cloud: dict[str, Any], fake: dict[str, Any], field: str, path: str) -> Iterator[Difference]:
    if field not in fake:
        yield Difference(kind="missing", path=path, cloud=cloud[field])
    elif field not in cloud:
        yield Difference(kind="extra", path=path, fake=fake[field])
    else:
        yield from _shapes(cloud[field], fake[field], path)


def _scalars(cloud: str, fake: str, path: str) -> Iterator[Difference]:
    """An empty text goes with any kind of text: it says nothing about what stands there at other times."""
    one, other = ({kind for kind in text.split(OR) if kind != EMPTY} for text in (cloud, fake))
    if one == other or (not (one and other) and not (one | other) & _NOT_TEXT):
        return
    values = all(kind.startswith("is ") for kind in one | other)
    yield Difference(kind="values" if values else "type", path=path, cloud=cloud, fake=fake)
