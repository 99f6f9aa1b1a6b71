"""Image files: decode, encode, metadata, and formats."""
