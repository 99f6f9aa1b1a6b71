"""What a command is, and what its availability depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imagineart_desktop.library import FileState, PictureDetails, PictureSummary
from imagineart_desktop.models import Task, is_source, style_values


@dataclass(frozen=True, slots=True)
class ImageSubject:
    """The image that commands apply to; the first one, if several are selected.

    The defaults stand for an image that is still being looked up. made_here: it has a job log.
    """

    has_recipe: bool = True
    made_here: bool = True
    has_prompt: bool = True
    has_seed: bool = True
    has_references: bool = True
    has_style: bool = True
    has_model: bool = True
    in_trash: bool = False
    file: FileState = FileState.OK
    is_favorite: bool = False

    @classmethod
    def from_details(cls, details: PictureDetails) -> ImageSubject:
        """Return what the library knows about an image."""
        recipe = details.recipe
        return cls(
            has_recipe=not details.summary.is_plain_import,
            made_here=recipe.imported is None,
            has_prompt=bool(recipe.prompt),
            has_seed=recipe.seed is not None,
            has_style=bool(style_values(details.summary.model, recipe.request)),
            has_model=details.summary.model is not None,
            has_references=any(is_source(parent.role) and parent.path for parent in details.parents),
            in_trash=details.trashed,
            file=details.summary.state,
            is_favorite=details.marks.favourite,
        )

    @classmethod
    def from_summary(cls, summary: PictureSummary | None, *, in_trash: bool = False) -> ImageSubject:
        """Return what a list knows about one of its images; `summary` is None until it's loaded."""
        if summary is None:
            return cls(in_trash=in_trash)
        return cls(
            has_recipe=not summary.is_plain_import,
            in_trash=in_trash,
            file=summary.state,
            is_favorite=summary.favourite,
        )


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What the availability of commands depends on.

    image: the selected or displayed one, if any; canvas: there is an image to paint on; unsaved: it can be copied or
    exported though the library may not have it; collection: the gallery shows one; jobs: some can be canceled; zoom: an
    image is on screen; before: it can be compared with the one before it; loupe: it is in the loupe; mask: something is
    painted on the canvas; missing_tasks: those that no model does.
    """

    tab: str = ""
    image: ImageSubject | None = None
    canvas: bool = False
    unsaved: bool = False
    collection: bool = False
    jobs: bool = False
    zoom: bool = False
    before: bool = False
    loupe: bool = False
    mask: bool = False
    missing_tasks: frozenset[Task] = frozenset()
    can_cut: bool = False
    can_copy: bool = False
    can_paste: bool = False
    can_select: bool = False


Condition = Callable[[CommandContext], bool]


def always(_now: CommandContext) -> bool:
    """Hold in every situation."""
    return True


def no_reason(_now: CommandContext) -> str:
    """Return an empty text."""
    return ""


def with_note(label: str, note: str) -> str:
    """Return the label of a menu entry with what it displays beside it, such as its price."""
    return f"{label} · {note}" if note else label


@dataclass(frozen=True, slots=True)
class Command:
    """A command. What it does is bound to its id where the parts that do it are at hand.

    short: label on buttons; label_on: label of a switch that is on; search_terms: further words that the command search
    finds it by, never displayed; applies_to: returns whether the command can be used in a situation.
    """

    id: str
    label: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    short: str = ""
    label_on: str = ""
    search_terms: str = ""
    applies_to: Condition = always
    checkable: bool = False
    auto_repeat: bool = True
    """Whether holding the key down runs the command repeatedly."""
    of_images: bool = False
    """Whether it takes the ids of images."""
    in_window: bool = True
    """Whether the window's menus offer it, so that it can have a shortcut."""
    exports: bool = False
    """Whether it takes an image out of the window and leaves it unchanged."""
    icon_in_menu: bool = False
    task: Task | None = None
    """What a model does for it, at the price that its entries display."""
    reason: Callable[[CommandContext], str] = no_reason
    """Returns why it can't be used in a situation, as a sentence, where entries display that."""

    opens_dialog: bool = False
    """Whether it asks for more before it does anything. Its label ends in dots."""

    @property
    def name(self) -> str:
        """The label as the name of the command, without the dots of one that asks for more."""
        return self.label.rstrip("…")

    @property
    def button_label(self) -> str:
        """The label on a button."""
        return self.short or self.label
