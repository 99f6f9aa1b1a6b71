"""The Inpaint part of the window."""
