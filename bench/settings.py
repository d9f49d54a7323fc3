"""The site's own settings, and what the measuring needs beside them.

PEERS=on installs the peers too, in the same site: the same middleware, sessions and people.
"""

from messagingapp.settings import *  # noqa: F403
from messagingapp.settings import (
    AUTHENTICATION_BACKENDS,
    BASE_DIR,
    INSTALLED_APPS,
    SILENCED_SYSTEM_CHECKS,
    TEMPLATES,
    env,
)

ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.humanize"]  # filters to compare ours with
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",  # or an account's removal is mostly hashing
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

BACKEND = AUTHENTICATION_BACKENDS[-1]
STOCK_BACKEND = "django.contrib.auth.backends.ModelBackend"  # the floor loads people by this one
AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS, STOCK_BACKEND]

PEERS = env.bool("PEERS", default=False)
if PEERS:
    INSTALLED_APPS = [
        *INSTALLED_APPS,
        "mptt",
        "treebeard",
        "tree_queries",
        "bench.peers",
        "postman",  # after them, since its page stands in ours
    ]
    MIGRATION_MODULES = {"postman": None}  # its table is made where messages are copied to it
    SILENCED_SYSTEM_CHECKS = [
        *SILENCED_SYSTEM_CHECKS,
        "fields.E304",  # it calls a person's messages as Parley does, and neither goes by that name
        "fields.E305",
    ]
    POSTMAN_AUTO_MODERATE_AS = True
    POSTMAN_DISABLE_USER_EMAILING = True
    POSTMAN_MAILER_APP = POSTMAN_NOTIFIER_APP = None
