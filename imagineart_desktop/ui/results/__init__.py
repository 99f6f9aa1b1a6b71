"""What comes of a wish, in the middle of the window."""
