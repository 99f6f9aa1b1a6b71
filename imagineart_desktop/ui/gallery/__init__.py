"""The gallery: the library's grids, details and filters."""
