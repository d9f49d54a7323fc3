import os
import secrets
import tempfile
from pathlib import Path


def read_or_create(path: Path) -> str:
    """The site's secret key, kept in the file `path`, which only its owner may read.

    The first process to ask writes it; `os.link` makes it appear whole or not at all, and never
    over another process's key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text()
