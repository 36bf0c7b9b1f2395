"""Dated data on units, instance types, models, images and prices, and the functions that read it. A leaf: imports nothing of ours."""
