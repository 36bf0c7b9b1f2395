"""Dated data on units, instance types, models, images, regions and prices, and what reads it. A leaf: imports nothing of ours."""

from fourways.catalog.facts import CatalogError, Fact

__all__ = ["CatalogError", "Fact"]
