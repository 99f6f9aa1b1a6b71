"""Which actions stand in which menu; None is a line between."""

from __future__ import annotations

from PySide6.QtWidgets import QMenuBar

from imagineart_desktop.ui.actions import Actions

MENUS: dict[str, tuple[str | None, ...]] = {
    "File": (
        "file.open",
        "file.save",
        None,
        "mask.load",
        "mask.save",
        None,
        "file.settings",
        None,
        "file.quit",
    ),
    "Edit": ("edit.undo", "edit.redo", None, "edit.copy", "edit.paste"),
    "Image": (
        "job.go",
        "job.cancel",
        None,
        "image.edit",
        "image.inpaint",
        "image.favourite",
        None,
        "image.trash",
    ),
    "Mask": (
        "mask.invert",
        "mask.clear",
        "mask.fill",
        None,
        "mask.grow",
        "mask.shrink",
        "mask.feather",
        "mask.smooth",
        None,
        "mask.specks",
        "mask.holes",
        "mask.transparency",
        "mask.luminosity",
        None,
        "mask.show",
        None,
        "mask.load",
        "mask.save",
    ),
    "View": (
        "view.fit",
        "view.actual",
        "view.in",
        "view.out",
        "view.compare",
        None,
        "theme.system",
        "theme.dark",
        "theme.light",
        None,
        "view.fullscreen",
    ),
    "Window": (
        "tab.generate",
        "tab.edit",
        "tab.inpaint",
        "tab.gallery",
        None,
        "view.library",
        "view.log",
    ),
    "Help": ("view.commands", "help.report", None, "help.about"),
}


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """Puts all menus into the bar."""
    for title, names in MENUS.items():
        menu = bar.addMenu(title)
        for name in names:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(actions[name])
