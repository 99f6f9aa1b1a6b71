"""The library's database and its journals."""
