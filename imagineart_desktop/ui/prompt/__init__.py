"""The prompt editor that all forms share, with its history."""
