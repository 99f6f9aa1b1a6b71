"""An inpaint request's images: the area sent, registration of results, seam, tone, and compositing."""
