"""The Generate part of the window."""
