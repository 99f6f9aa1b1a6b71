"""Rendering of the demo server's images."""
