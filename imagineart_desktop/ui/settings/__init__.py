"""The Settings part of the window."""
