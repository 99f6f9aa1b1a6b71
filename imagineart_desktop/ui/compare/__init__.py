"""Comparing pictures: side by side, with a slider, in turn, and by what differs."""
