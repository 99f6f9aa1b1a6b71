"""The dialog for a task that needs something besides an image."""
