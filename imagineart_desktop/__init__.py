"""ImagineArt Desktop: generate, edit and inpaint images with hosted models, and keep everything that was made."""

import os

# Pydantic would read the metadata of all installed packages, in search of plugins that this program has no use for.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

__version__ = "0.1.0"
