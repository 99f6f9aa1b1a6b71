"""Lineage: which images an image was made from, and which were made from it."""
