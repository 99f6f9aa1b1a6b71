"""The canvas's tools, one module each; `registry.TOOLS` lists them."""
