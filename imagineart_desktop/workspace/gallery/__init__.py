"""The gallery's model: commands, undo, thumbnails, and groups."""
