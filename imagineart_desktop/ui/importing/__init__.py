"""Import of images into the library."""
