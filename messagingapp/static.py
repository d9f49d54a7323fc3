from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for what `collectstatic` has collected, plain ones for everything else."""

    def stored_name(self, name):
        name = self.clean_name(name)
        return self.hashed_files.get(self.hash_key(name), name)

    # The same for as long as the process lives, and every page asks for thirteen.
    @lru_cache(maxsize=100)  # noqa: B019, there is one storage
    def url(self, name, force=False):
        return super().url(name, force)
