"""The resource classes of the provider `fourways`, for programs and components: declared inputs, typed outputs, nothing else.

What the inputs mean, which of them replace and how they are checked is in `eas/inputs.py`; the names here are those of the schema.
"""

from __future__ import annotations

from fourways.provider.resources.eas import EasResourceGroup, EasService
from fourways.provider.resources.provider import Provider

__all__ = ["EasResourceGroup", "EasService", "Provider"]
