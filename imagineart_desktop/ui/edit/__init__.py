"""The Edit part of the window."""
