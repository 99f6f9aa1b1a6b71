"""Pictures out of the window: as files, as a contact sheet."""
