"""How long fal keeps what is uploaded: without these headers, forever."""

from __future__ import annotations

import json
from datetime import timedelta

UPLOAD_LIFETIME = timedelta(days=7)
"""How long an uploaded file stays at fal; whoever has its URL can read it until then."""

_PREFERENCE = json.dumps({"expiration_duration_seconds": int(UPLOAD_LIFETIME.total_seconds())})

# The CDN reads the first, the storage API the second; fal's own Python client sends both to either.
UPLOAD_HEADERS = {"X-Fal-Object-Lifecycle": _PREFERENCE, "X-Fal-Object-Lifecycle-Preference": _PREFERENCE}
"""Headers of a call that creates a file. Never of the PUT to a signed URL, nor of a request to a model."""
