"""The mask: brush, selections, morphology, undo, and mask files."""
