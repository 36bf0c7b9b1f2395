"""Whether a secret can be read where it must not be. Pure: the texts are given. What is told of a secret is its name, never the secret."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote


def leaks(places: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[str]:
    """`NAME can be read in PLACE` for each secret that stands in a place as it is, URL-encoded or in base64."""
    forms = {name: _forms(value) for name, value in secrets.items() if value}
    return [
        f"{name} can be read in {place}"
        for place, content in places.items()
        for name, written in forms.items()
        if any(form in content for form in written)
    ]


def _forms(value: str) -> set[bytes]:
    raw = value.encode()
    # Base64 of a text around it depends on where it begins; alone, and without the padding, is what a header or a YAML value has.
    return {raw, quote(value, safe="").encode(), base64.b64encode(raw).rstrip(b"=")}
