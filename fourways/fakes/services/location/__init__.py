"""Location: where a product answers in a region. Here that is always the fake itself."""
