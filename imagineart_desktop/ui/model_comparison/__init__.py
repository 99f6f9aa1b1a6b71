"""The same request to several models of a task: which ones, and their results side by side."""
