"""A folder for the servers of a measurement, removed with everything it links to."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a new folder; files that its links lead to are removed with it."""
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-bench-"))
    try:
        yield folder
    finally:
        for entry in [folder, *map(Path.resolve, folder.iterdir())]:
            for link in filter(Path.is_symlink, entry.iterdir() if entry.is_dir() else ()):
                shutil.rmtree(link.resolve(), ignore_errors=True)
            if entry != folder:
                shutil.rmtree(entry, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
