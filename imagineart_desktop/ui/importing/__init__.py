"""Pictures into the library from the window."""
