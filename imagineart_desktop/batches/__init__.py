"""Many requests made of one: prompts with alternatives, fields with several values, files with a request per row."""
