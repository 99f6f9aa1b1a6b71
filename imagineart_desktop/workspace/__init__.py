"""The model behind window and command line. Knows neither Qt widgets nor `ui`."""
