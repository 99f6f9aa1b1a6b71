"""Export of images: as files, or as a contact sheet."""
