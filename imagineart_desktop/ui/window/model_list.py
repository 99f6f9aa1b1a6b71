"""The list of models that a window's forms follow."""

from __future__ import annotations

from PySide6.QtCore import QObject

from imagineart_desktop.library import Library
from imagineart_desktop.places import models_folder
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.model_list import ModelList
from imagineart_desktop.workspace.preferences import Preferences


def followed_model_list(window: QObject, library: Library, preferences: Preferences, pages: Pages) -> ModelList:
    """Return the list of models, which every form follows."""
    models = ModelList(library.models, models_folder(preferences.file), window)
    models.changed.connect(pages.follow_models)
    models.follow_other_programs()
    return models
