"""Lineage: from what, and into what, a picture was made."""
