"""How long imports are stored: their waiting bodies, rejected rows and what changed nothing.

The run of an import that changed data stays for good: published figures name it as their source.
"""

from datetime import timedelta

from shared.retention import Retention

REJECTED_ROWS_KEPT = timedelta(days=30)
UNCHANGED_KEPT = timedelta(days=90)

IMPORT_RETENTION = (
    Retention(
        "import_run",
        "bodies received by half",
        timedelta(hours=2),
        "status = 'receiving' AND created_at < clock_timestamp() - :age",
        "created_at",
        batch=10,
    ),
    Retention(
        "import_rejected",
        "rejected rows of imports",
        REJECTED_ROWS_KEPT,
        "import_id IN (SELECT id FROM import_run WHERE finished_at < clock_timestamp() - :age)",
        "import_id, part",
        batch=50,
    ),
    Retention(
        "import_run",
        "imports that changed nothing",
        UNCHANGED_KEPT,
        "(dry_run OR status IN ('rejected', 'failed', 'cancelled'))"
        " AND finished_at < clock_timestamp() - :age AND revision IS NULL",
        "finished_at",
        batch=100,
    ),
    Retention(
        "import_run",
        "accepted imports whose job is gone",
        timedelta(days=365),
        "status IN ('accepted', 'running') AND created_at < clock_timestamp() - :age"
        " AND NOT EXISTS (SELECT FROM job WHERE job.id = import_run.job_id)",
        "created_at",
        batch=10,
    ),
)
