"""Ctrl+K: commands, models, settings, help and images by what they are called."""
