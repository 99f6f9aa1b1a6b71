"""What files of other programs say about their images."""
