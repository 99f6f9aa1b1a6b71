"""The only place with Qt."""
