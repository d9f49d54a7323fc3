from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names for what `collectstatic` has collected, plain ones for everything else."""

    def stored_name(self, name):
        name = self.clean_name(name)
        return self.hashed_files.get(self.hash_key(name), name)
