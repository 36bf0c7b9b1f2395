"""XML bodies as dicts: an element with children is a dict, a repeated one a list, any other its text. No attributes, no namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from fourways.fakes.wire.errors import CloudError


def dump(root: str, value: Any) -> bytes:
    """The document of one root element. What is None is left out, truth is `true` or `false`."""
    text: str = ElementTree.tostring(_element(root, value), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def load(body: bytes, root: str) -> Any:
    """What is in the root element; raises 400 MalformedXML when it is not XML, or the root is another one."""
    try:
        element = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise _malformed() from None
    if _name(element) != root:
        raise _malformed()
    return _value(element)


def children(value: Any, name: str) -> list[Any]:
    """All children of a name, one or many."""
    found = value.get(name, []) if isinstance(value, dict) else []
    return found if isinstance(found, list) else [found]


def text(value: Any, name: str, default: str = "") -> str:
    """The text of a child; raises 400 MalformedXML when it has children itself, or is there twice."""
    found = value.get(name, default) if isinstance(value, dict) else default
    if not isinstance(found, str):
        raise _malformed()
    return found


def _malformed() -> CloudError:
    return CloudError(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema.")


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        for child, inner in value.items():
            element.extend(_element(child, one) for one in (inner if isinstance(inner, list) else [inner]) if one is not None)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return element


def _value(element: ElementTree.Element) -> Any:
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        name, value = _name(child), _value(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
