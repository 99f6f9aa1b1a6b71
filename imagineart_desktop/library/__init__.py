"""The image library: images with their recipes, the inputs they were made from, and drafts."""

from imagineart_desktop.library.annotations import Before
from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    DatabaseTooNewError,
    DiskProblem,
    LibraryError,
    LibraryInUseError,
    LibraryReadOnlyError,
    disk_error,
    disk_problem,
)
from imagineart_desktop.library.files.files import sha256_of, sha256_of_file, write_whole
from imagineart_desktop.library.files.recipe import Imported, Parent, Recipe, read_recipe
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.metadata.file_probe import SOURCE
from imagineart_desktop.library.recovery.reconcile import Reconciled
from imagineart_desktop.library.store.collections import Collection, SavedSearch
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.intake import KeptInput
from imagineart_desktop.library.store.job_journal import known_requests, record_new, record_steps
from imagineart_desktop.library.store.job_rows import OLDER_COPY
from imagineart_desktop.library.store.job_rows import SHOWN as SHOWN_JOBS
from imagineart_desktop.library.store.job_rows import mended as mended_job
from imagineart_desktop.library.store.ledger import Paid, note_paid
from imagineart_desktop.library.store.lock import is_in_use
from imagineart_desktop.library.store.marks import Label, Marks
from imagineart_desktop.library.store.pictures import from_ms, to_ms
from imagineart_desktop.library.store.records import (
    GROUP_SPAN,
    Counts,
    FileState,
    Found,
    LibraryChange,
    Order,
    ParentPicture,
    PictureDetails,
    PictureSummary,
    Query,
    Spend,
)
from imagineart_desktop.library.transfer.exporting import (
    Clash,
    ExportOrder,
    ExportReport,
    export_pictures,
    name_in_place,
    planned_name,
    write_numbered,
)
from imagineart_desktop.library.transfer.importing import (
    ImportedFile,
    ImportReport,
    ImportResult,
    find_pictures,
    import_pictures,
)
from imagineart_desktop.library.transfer.naming import PLACEHOLDERS, USUAL_PATTERN, pattern_problem, safe_stem

__all__ = [
    "GROUP_SPAN",
    "OLDER_COPY",
    "PLACEHOLDERS",
    "SHOWN_JOBS",
    "SOURCE",
    "USUAL_PATTERN",
    "Before",
    "Clash",
    "Collection",
    "Counts",
    "Database",
    "DatabaseDamagedError",
    "DatabaseTooNewError",
    "DiskProblem",
    "ExportOrder",
    "ExportReport",
    "FileState",
    "Found",
    "ImportReport",
    "ImportResult",
    "Imported",
    "ImportedFile",
    "KeptInput",
    "Label",
    "Library",
    "LibraryChange",
    "LibraryError",
    "LibraryInUseError",
    "LibraryReadOnlyError",
    "Marks",
    "Order",
    "Paid",
    "Parent",
    "ParentPicture",
    "PictureDetails",
    "PictureSummary",
    "Query",
    "Recipe",
    "Reconciled",
    "SavedSearch",
    "Spend",
    "disk_error",
    "disk_problem",
    "export_pictures",
    "find_pictures",
    "from_ms",
    "import_pictures",
    "is_in_use",
    "known_requests",
    "mended_job",
    "name_in_place",
    "note_paid",
    "pattern_problem",
    "planned_name",
    "read_recipe",
    "record_new",
    "record_steps",
    "safe_stem",
    "sha256_of",
    "sha256_of_file",
    "to_ms",
    "write_numbered",
    "write_whole",
]
