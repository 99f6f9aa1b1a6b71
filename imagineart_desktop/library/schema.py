"""The database's shape, as the migrations that led to it. The version is SQLite's `user_version`."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE inputs (
        sha256 TEXT PRIMARY KEY,
        file TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        added_ms INTEGER NOT NULL
    );
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        endpoint TEXT NOT NULL,
        request TEXT NOT NULL,
        service TEXT NOT NULL,
        state TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        changed_ms INTEGER NOT NULL,
        parents TEXT NOT NULL DEFAULT '{}',
        estimate TEXT NOT NULL,
        request_id TEXT,
        status_url TEXT,
        response_url TEXT,
        cancel_url TEXT,
        queue_position INTEGER,
        result TEXT,
        billed_units TEXT,
        logs TEXT NOT NULL DEFAULT '[]',
        submitted_ms INTEGER,
        started_ms INTEGER,
        finished_ms INTEGER,
        error_type TEXT,
        error_message TEXT,
        error_advice TEXT,
        charged TEXT,
        dismissed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX jobs_open ON jobs (dismissed, created_ms);
    CREATE TABLE pictures (
        id INTEGER PRIMARY KEY,
        file TEXT NOT NULL UNIQUE,
        job_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        endpoint TEXT NOT NULL,
        task TEXT NOT NULL,
        prompt TEXT NOT NULL,
        seed INTEGER,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        format TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        created_ms INTEGER NOT NULL,
        demo INTEGER NOT NULL,
        favourite INTEGER NOT NULL DEFAULT 0,
        trashed_ms INTEGER,
        cost TEXT NOT NULL,
        recipe TEXT NOT NULL,
        UNIQUE (job_id, position)
    );
    CREATE INDEX pictures_by_time ON pictures (trashed_ms, created_ms DESC, id DESC);
    CREATE INDEX pictures_by_model ON pictures (endpoint, created_ms DESC);
    CREATE TABLE parents (
        picture_id INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        role TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        parent_id INTEGER,
        PRIMARY KEY (picture_id, position)
    );
    CREATE INDEX parents_by_parent ON parents (parent_id);
    CREATE VIRTUAL TABLE pictures_text USING fts5 (
        prompt, model, tokenize="unicode61 remove_diacritics 2", prefix='2 3'
    );
    CREATE TABLE drafts (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    );
    CREATE TABLE prompts (
        text TEXT PRIMARY KEY,
        used_ms INTEGER NOT NULL
    );
    """,
    """
    ALTER TABLE jobs ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN uploads TEXT NOT NULL DEFAULT '{}';
    """,
    """
    ALTER TABLE jobs ADD COLUMN plan TEXT;
    """,
)
