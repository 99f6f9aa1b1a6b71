"""ImagineArt Desktop: generate, edit and inpaint images with hosted models, and keep everything that was made."""

import os

# Pydantic would read the metadata of all installed packages, in search of plugins that this program has no use for.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# NumPy would start a thread per core for linear algebra, and each spins for a tenth of a second. Only matrices of three
# rows are multiplied here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
