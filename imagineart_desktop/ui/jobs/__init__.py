"""The Jobs part of the window."""
