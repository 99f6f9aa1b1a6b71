"""The canvas: pictures that can be zoomed, and the mask that is painted on them."""
