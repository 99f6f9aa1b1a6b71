"""Forms that fill in requests."""
