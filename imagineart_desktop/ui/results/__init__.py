"""Results of requests, in the middle of the window."""
