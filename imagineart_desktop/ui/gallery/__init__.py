"""The library on the screen: grids, details, filters."""
