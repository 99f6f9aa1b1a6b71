"""Forms that fill requests."""
