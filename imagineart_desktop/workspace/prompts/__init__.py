"""What helps to write a prompt, without widgets."""
