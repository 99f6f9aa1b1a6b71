"""An inpaint session without widgets."""
