"""How the facts and marks of an image are shown, in the gallery, the loupe, the results and the comparison."""
