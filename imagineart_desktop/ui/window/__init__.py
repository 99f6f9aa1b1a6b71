"""What belongs to the main window as a whole."""
