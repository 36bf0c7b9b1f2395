"""Quota Center: the limits of other products, as far as this fake enforces them."""
