"""Commands, declared once for every place that offers them."""
