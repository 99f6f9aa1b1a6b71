"""Readers for the metadata that other programs store in images."""
