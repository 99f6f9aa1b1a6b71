"""What window and command line share and show no widget for."""
