"""Backup, move, rebuild, and checks of a library."""
