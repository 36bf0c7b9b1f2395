"""Fixtures of the provider's tests; what they do is in `harness.py`."""

from tests.provider.harness import cloud, provide

__all__ = ["cloud", "provide"]
