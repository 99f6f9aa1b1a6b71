"""The model behind the window and the command line. Independent of Qt widgets and `ui`."""
