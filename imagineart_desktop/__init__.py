"""ImagineArt Desktop: generate, edit and inpaint pictures with hosted models, and keep everything made."""

__version__ = "0.1.0"
