"""The loupe: one image large, within the list that it was opened from."""
