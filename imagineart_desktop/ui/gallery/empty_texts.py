"""Texts for a gallery without images, which also say what to do about it."""

from __future__ import annotations

from imagineart_desktop.library import Query

TRASH_HINT = "Deleted images stay here until you empty the trash."


def is_unfiltered(query: Query) -> bool:
    """Return whether a query excludes nothing but the trash."""
    return query == Query(order=query.order, group_by_collection=query.group_by_collection)


def empty_state_text(query: Query) -> tuple[str, str]:
    """Return a title and a sentence for a query that finds nothing."""
    if is_unfiltered(query):
        return "Nothing here yet", "Everything you make or import is kept here."
    if query.text:
        return "Nothing found", "No image matches. Try another word or another filter."
    if query.trash:
        return "The trash is empty", TRASH_HINT
    if query.favourite:
        return "No favorites yet", "Click the star of an image to keep it here."
    if query.since is not None:
        return "Nothing made today", "What you generate or edit today appears here."
    if query.last_import:
        return "No imported images", "The images of your last import appear here."
    if query.collection is not None:
        return "An empty collection", "Drag images onto its name to put them in."
    return "No images of this model", "What you make with it appears here."
