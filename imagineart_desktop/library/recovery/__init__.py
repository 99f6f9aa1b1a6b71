"""Restore, repair, and whatever a start completes after a kill."""
