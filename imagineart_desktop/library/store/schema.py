"""The database schema, as a sequence of migrations. The version is SQLite's `user_version`."""

from __future__ import annotations

DERIVE_PROMPTS = """
    INSERT INTO prompts (text, used_ms, uses)
        SELECT prompt, MAX(ms), COUNT(DISTINCT job) FROM (
            SELECT prompt, job_id AS job, created_ms AS ms FROM pictures WHERE NOT imported
            UNION ALL
            SELECT CASE WHEN json_valid(request) THEN json_extract(request, '$.prompt') END, id, created_ms FROM jobs
        )
        WHERE typeof(prompt) = 'text' AND prompt != ''
        GROUP BY prompt
        ON CONFLICT (text) DO UPDATE SET uses = MAX(uses, excluded.uses), used_ms = MAX(used_ms, excluded.used_ms);
"""
"""Adds the prompts of images and jobs to the history; what the history knows of them already isn't reduced."""

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
    """
    ALTER TABLE pictures ADD COLUMN model TEXT NOT NULL DEFAULT '';
    ALTER TABLE pictures ADD COLUMN request_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE pictures ADD COLUMN spent REAL NOT NULL DEFAULT 0;
    ALTER TABLE pictures ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pictures ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pictures ADD COLUMN label TEXT NOT NULL DEFAULT '';
    ALTER TABLE pictures ADD COLUMN note TEXT NOT NULL DEFAULT '';
    UPDATE pictures SET
        model = COALESCE((SELECT model FROM pictures_text WHERE rowid = pictures.id), endpoint),
        request_id = COALESCE(json_extract(recipe, '$.request_id'), ''),
        imported = json_extract(recipe, '$.imported') IS NOT NULL,
        spent = CAST(cost AS REAL);
    CREATE TABLE tags (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE
    );
    CREATE TABLE picture_tags (
        picture_id INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
        tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
        PRIMARY KEY (picture_id, tag_id)
    ) WITHOUT ROWID;
    CREATE INDEX picture_tags_by_tag ON picture_tags (tag_id, picture_id);
    CREATE TABLE collections (
        id INTEGER PRIMARY KEY,
        parent_id INTEGER REFERENCES collections (id) ON DELETE CASCADE,
        name TEXT NOT NULL
    );
    CREATE TABLE collection_pictures (
        collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        picture_id INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
        added_ms INTEGER NOT NULL,
        PRIMARY KEY (collection_id, picture_id)
    ) WITHOUT ROWID;
    CREATE INDEX collections_of_picture ON collection_pictures (picture_id);
    CREATE TABLE saved_searches (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        query TEXT NOT NULL
    );
    CREATE INDEX pictures_by_rating ON pictures (rating) WHERE rating > 0;
    CREATE INDEX parents_by_role ON parents (role, picture_id);
    DROP TABLE pictures_text;
    CREATE VIRTUAL TABLE picture_words USING fts5 (
        prompt, model, tags, note, file, seed, request, tokenize="unicode61 remove_diacritics 2", prefix='2 3'
    );
    INSERT INTO picture_words (rowid, prompt, model, tags, note, file, seed, request)
        SELECT id, prompt, model, '', '', file, COALESCE(seed, ''), request_id FROM pictures;
    """,
    """
    CREATE TABLE numbers (last INTEGER NOT NULL);
    INSERT INTO numbers (last) SELECT COALESCE(MAX(id), 0) FROM pictures;
    """,
    """
    CREATE INDEX pictures_by_kind ON pictures (trashed_ms, favourite);
    CREATE INDEX pictures_paid ON pictures (created_ms) WHERE NOT demo;
    """,
    """
    CREATE TABLE paid (
        job_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        endpoint TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        cost TEXT NOT NULL,
        billed TEXT,
        request_id TEXT NOT NULL,
        prompt TEXT NOT NULL,
        failed INTEGER NOT NULL,
        collections TEXT NOT NULL DEFAULT '[]',
        noted INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (job_id, position)
    );
    CREATE INDEX paid_by_time ON paid (created_ms);
    CREATE INDEX paid_not_noted ON paid (noted) WHERE NOT noted;
    INSERT INTO paid (job_id, position, endpoint, created_ms, cost, billed, request_id, prompt, failed)
        SELECT job_id, position, endpoint, created_ms, cost, json_extract(recipe, '$.billed_units'), request_id,
            prompt, 0
        FROM pictures WHERE NOT demo AND NOT imported AND spent > 0;
    INSERT OR IGNORE INTO paid (job_id, position, endpoint, created_ms, cost, billed, request_id, prompt, failed)
        SELECT id, 0, endpoint, COALESCE(finished_ms, created_ms), estimate, billed_units, COALESCE(request_id, ''),
            COALESCE(json_extract(request, '$.prompt'), ''), 1
        FROM jobs WHERE state = 'failed' AND charged = 'yes' AND service = 'live';
    """,
    """
    ALTER TABLE pictures ADD COLUMN changed_ns INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pictures ADD COLUMN file_state TEXT NOT NULL DEFAULT '';
    CREATE INDEX pictures_by_file_state ON pictures (file_state) WHERE file_state != '';
    """,
    """
    CREATE TABLE identity (
        library TEXT NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0,
        opening INTEGER NOT NULL DEFAULT 0,
        mark TEXT NOT NULL DEFAULT '',
        moved_to TEXT NOT NULL DEFAULT '',
        restored TEXT NOT NULL DEFAULT '',
        journal_bytes INTEGER NOT NULL DEFAULT 0
    );
    INSERT INTO identity (library) VALUES (lower(hex(randomblob(16))));
    """,
    """
    CREATE VIRTUAL TABLE picture_signs USING fts5 (signs, tokenize="unicode61 remove_diacritics 0");
    CREATE VIRTUAL TABLE picture_parts USING fts5 (prompt, model, tags, note, file, tokenize="trigram");
    """,
    # Set only for imports; an image generated here is as old as its request.
    """
    ALTER TABLE pictures ADD COLUMN added_ms INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX pictures_by_arrival ON pictures (trashed_ms, MAX(created_ms, added_ms) DESC, id DESC);
    """,
    """
    CREATE INDEX pictures_by_import ON pictures (added_ms) WHERE added_ms > 0;
    """,
    """
    ALTER TABLE jobs ADD COLUMN spec TEXT;
    """,
    """
    CREATE TABLE batches (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        position INTEGER NOT NULL,
        low_priority INTEGER NOT NULL DEFAULT 0,
        paused INTEGER NOT NULL DEFAULT 0,
        max_cost TEXT,
        dismissed INTEGER NOT NULL DEFAULT 0,
        step INTEGER NOT NULL
    );
    ALTER TABLE jobs ADD COLUMN batch TEXT;
    ALTER TABLE jobs ADD COLUMN place INTEGER;
    ALTER TABLE jobs ADD COLUMN low_priority INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX jobs_of_batch ON jobs (batch, place) WHERE batch IS NOT NULL;
    CREATE INDEX jobs_by_time ON jobs (created_ms, id);
    CREATE INDEX jobs_that_may_cost ON jobs (created_ms) WHERE service = 'live'
        AND state NOT IN ('done', 'cancelled')
        AND NOT (state = 'failed' AND COALESCE(charged, '') = 'no' AND result IS NULL);
    ALTER TABLE pictures ADD COLUMN batch TEXT NOT NULL DEFAULT '';
    CREATE INDEX pictures_of_batch ON pictures (batch) WHERE batch != '';
    """,
    f"""
    ALTER TABLE prompts ADD COLUMN uses INTEGER NOT NULL DEFAULT 1;
    {DERIVE_PROMPTS}
    CREATE INDEX prompts_by_use ON prompts (used_ms DESC);
    CREATE INDEX pictures_by_prompt ON pictures (prompt, created_ms DESC) WHERE trashed_ms IS NULL;
    """,
)
