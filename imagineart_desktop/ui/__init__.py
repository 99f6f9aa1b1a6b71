"""The only place with Qt."""

from imagineart_desktop.ui.window.import_hook import remove_import_hook

# Before the other modules of this package are imported.
remove_import_hook()
