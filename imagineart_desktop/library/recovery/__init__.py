"""Restore, repair, and whatever a start finishes after a kill."""
