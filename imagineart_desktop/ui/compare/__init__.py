"""Image comparison: side by side, with a slider, flickering, or as a difference."""
