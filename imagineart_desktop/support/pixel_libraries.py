"""NumPy, OpenCV and Pillow, imported on first use.

They are a quarter of everything the program loads, and neither the first frame of the window nor most commands need any
of them. All other modules import them from here, which ruff's `banned-module-level-imports` enforces. Their types are
imported for type checking only.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin, features

__all__ = ["Image", "ImageCms", "PngImagePlugin", "TiffImagePlugin", "cv2", "features", "load_pixel_libraries", "np"]


class _Deferred(ModuleType):
    """A module that's loaded when one of its attributes is first used; after that it's as fast as the module itself."""

    def __getattr__(self, name: str) -> object:
        loaded = _load(self.__name__)
        vars(self).update(vars(loaded))
        # Now turn it into a plain module: the interpreter reads attributes of a subclass more slowly.
        self.__class__ = ModuleType  # type: ignore[assignment]
        return getattr(loaded, name)


def _load(name: str) -> ModuleType:
    module = import_module(name)
    if name == "cv2":
        # The return value says whether OpenCV can read a file; its messages on stderr mean nothing to the user.
        module.utils.logging.setLogLevel(module.utils.logging.LOG_LEVEL_SILENT)
    elif name == "PIL.Image":
        # Our own limit is checked before anything is decoded. Set here because an assignment elsewhere would only
        # change the placeholder.
        vars(module)["MAX_IMAGE_PIXELS"] = None
    return module


if not TYPE_CHECKING:
    np = _Deferred("numpy")
    cv2 = _Deferred("cv2")
    Image = _Deferred("PIL.Image")
    ImageCms = _Deferred("PIL.ImageCms")
    PngImagePlugin = _Deferred("PIL.PngImagePlugin")
    TiffImagePlugin = _Deferred("PIL.TiffImagePlugin")
    features = _Deferred("PIL.features")


def load_pixel_libraries() -> None:
    """Load all of them, so that nothing has to wait for them later. Blocks: call it in a thread."""
    for module in (np, cv2, Image, ImageCms, PngImagePlugin, TiffImagePlugin, features):
        if isinstance(module, _Deferred):
            # Calls the class's method because another thread may turn the object into a plain module meanwhile.
            _Deferred.__getattr__(module, "__name__")
