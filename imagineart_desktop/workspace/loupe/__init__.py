"""The list that the loupe walks through, and its images."""
