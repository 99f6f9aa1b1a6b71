"""The list of models that a window's forms follow, and its updates."""

from __future__ import annotations

from PySide6.QtCore import QObject

from imagineart_desktop.jobs import ServiceConnection
from imagineart_desktop.library import Library
from imagineart_desktop.places import models_folder
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.model_list import ModelList
from imagineart_desktop.workspace.model_updates import ModelUpdates
from imagineart_desktop.workspace.preferences import Preferences


def followed_models(
    window: QObject, library: Library, account: ServiceConnection, preferences: Preferences, pages: Pages
) -> ModelUpdates:
    """Return the list of models, which every form follows, with what keeps its prices up to date."""
    models = ModelList(library.models, models_folder(preferences.file), window)
    models.changed.connect(pages.follow_models)
    models.follow_other_programs()
    updates = ModelUpdates(models, account)
    updates.follow()
    return updates
