"""Files of a library: paths, recipes, embedded text, and partial files."""
