"""Ctrl+K: finds commands, models, settings, help and images by name."""
