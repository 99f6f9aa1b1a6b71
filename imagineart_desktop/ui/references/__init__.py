"""Reference images, for the Edit and Inpaint tabs."""
