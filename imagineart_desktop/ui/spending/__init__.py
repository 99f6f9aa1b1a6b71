"""Spending as a chart, as tables and as CSV."""
