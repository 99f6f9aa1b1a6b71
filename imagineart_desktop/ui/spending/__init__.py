"""What was spent, as a chart, in tables and as CSV."""
