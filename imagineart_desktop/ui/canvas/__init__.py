"""The canvas: zoomable images, and the mask painted on them."""
