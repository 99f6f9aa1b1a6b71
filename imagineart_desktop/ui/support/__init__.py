"""Report a problem."""
