"""The image library: images with their recipes, the inputs they were made from, and drafts."""

from imagineart_desktop.library.annotations import MarksChange
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
from imagineart_desktop.library.files.files import WILDCARDS, sha256_of, sha256_of_file, write_atomic
from imagineart_desktop.library.files.recipe import Imported, Parent, Recipe, read_recipe
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.metadata.file_probe import UNKNOWN_MODEL
from imagineart_desktop.library.recovery.reconcile import ReconcileResult
from imagineart_desktop.library.store.batches import (
    BatchJob,
    BatchRow,
    find_batch,
    jobs_of_batch,
    record_batches,
    stored_batches,
)
from imagineart_desktop.library.store.collections import Collection, SavedSearch
from imagineart_desktop.library.store.commitments import commitments, paid_between, paid_for_batch
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.file_lock import locked_file
from imagineart_desktop.library.store.intake import StoredInput
from imagineart_desktop.library.store.job_journal import known_requests, record_new_jobs, record_steps
from imagineart_desktop.library.store.job_pages import JobLine, JobQuery, job_lines, matching_jobs
from imagineart_desktop.library.store.job_rows import ACTIVE_JOBS_SQL as SHOWN_JOBS
from imagineart_desktop.library.store.job_rows import OLDER_COPY
from imagineart_desktop.library.store.job_rows import repaired as mended_job
from imagineart_desktop.library.store.ledger import Payment, record_failure, valid_cost
from imagineart_desktop.library.store.lock import is_in_use
from imagineart_desktop.library.store.marks import Label, Marks
from imagineart_desktop.library.store.pictures import from_ms, to_ms
from imagineart_desktop.library.store.records import (
    GROUP_KEY_STRIDE,
    Counts,
    FileState,
    InputPicture,
    LibraryChange,
    PictureDetails,
    PictureSummary,
    Query,
    SearchResult,
    SortOrder,
    Spend,
)
from imagineart_desktop.library.store.results import StoredResult
from imagineart_desktop.library.store.stored_specs import StoredSpecs
from imagineart_desktop.library.transfer.exporting import (
    ExportOptions,
    ExportReport,
    OnConflict,
    export_name,
    export_pictures,
    resolve_name,
    write_unique,
)
from imagineart_desktop.library.transfer.import_report import ImportedFile, ImportReport, ImportResult
from imagineart_desktop.library.transfer.importing import find_pictures, import_pictures
from imagineart_desktop.library.transfer.naming import DEFAULT_PATTERN, PLACEHOLDERS, safe_stem, validate_pattern

__all__ = [
    "DEFAULT_PATTERN",
    "GROUP_KEY_STRIDE",
    "OLDER_COPY",
    "PLACEHOLDERS",
    "SHOWN_JOBS",
    "UNKNOWN_MODEL",
    "WILDCARDS",
    "BatchJob",
    "BatchRow",
    "Collection",
    "Counts",
    "Database",
    "DatabaseDamagedError",
    "DatabaseTooNewError",
    "DiskProblem",
    "ExportOptions",
    "ExportReport",
    "FileState",
    "ImportReport",
    "ImportResult",
    "Imported",
    "ImportedFile",
    "InputPicture",
    "JobLine",
    "JobQuery",
    "Label",
    "Library",
    "LibraryChange",
    "LibraryError",
    "LibraryInUseError",
    "LibraryReadOnlyError",
    "Marks",
    "MarksChange",
    "OnConflict",
    "Parent",
    "Payment",
    "PictureDetails",
    "PictureSummary",
    "Query",
    "Recipe",
    "ReconcileResult",
    "SavedSearch",
    "SearchResult",
    "SortOrder",
    "Spend",
    "StoredInput",
    "StoredResult",
    "StoredSpecs",
    "commitments",
    "disk_error",
    "disk_problem",
    "export_name",
    "export_pictures",
    "find_batch",
    "find_pictures",
    "from_ms",
    "import_pictures",
    "is_in_use",
    "job_lines",
    "jobs_of_batch",
    "known_requests",
    "locked_file",
    "matching_jobs",
    "mended_job",
    "paid_between",
    "paid_for_batch",
    "read_recipe",
    "record_batches",
    "record_failure",
    "record_new_jobs",
    "record_steps",
    "resolve_name",
    "safe_stem",
    "sha256_of",
    "sha256_of_file",
    "stored_batches",
    "to_ms",
    "valid_cost",
    "validate_pattern",
    "write_atomic",
    "write_unique",
]
