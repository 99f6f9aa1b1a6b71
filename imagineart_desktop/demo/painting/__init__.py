"""What the demo server paints."""
