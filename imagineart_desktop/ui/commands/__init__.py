"""Commands, menus, and shortcuts."""
