"""The list of models, and the dialog that adds one."""
