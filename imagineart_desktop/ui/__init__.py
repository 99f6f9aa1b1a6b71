"""User interface. Qt is used only in this package."""

from imagineart_desktop.ui.window.import_hook import remove_import_hook

# Must run before the other modules of this package are imported.
remove_import_hook()
