"""The worlds to measure in: a database of each size, made once and kept in a folder."""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests import services

PROJECT = Path(__file__).parents[1]
SIZES = ("small", "medium", "large")

# PostgreSQL's own defaults are for a machine of 2005; durability stays as it comes.
ROOMY = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",  # or it works beside the measuring, or it does not
}


@dataclass(frozen=True)
class World:
    """`seed`: the options of `manage.py seed_demo` that make it, but for its size."""

    database: str
    size: str
    url: str
    folder: Path
    seed: tuple = field(default=(), repr=False)

    def environment(self, **more):
        return {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": self.url,
            "VAR": str(self.folder / "var"),
            **more,
        }

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=PROJECT, env=os.environ | self.environment(), check=True)  # noqa: S603

    def make(self):
        """Fill the database, unless that was done, to the end, at another time."""
        made = self.folder / f"{self.database}-{self.size}.made"
        if not made.exists():
            print(f"Making the world {self.database} {self.size}", flush=True)
            self.empty()
            self.manage("migrate", "--verbosity=0")
            self.manage("seed_demo", "--verbosity=0", f"--size={self.size}", *self.seed)
            made.touch()
        self.manage("migrate", "--verbosity=0")

    def empty(self):
        if self.database == "sqlite":
            for file in self.folder.glob(f"{self.size}.sqlite3*"):
                file.unlink()
            return
        server, _, name = self.url.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')


@contextmanager
def worlds(folder, sizes=SIZES, databases=("sqlite", "postgresql"), seeds=None):
    """Those of these sizes in these databases, made; PostgreSQL runs until the end of the block.

    Where its programs are missing it is left out, and a line says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    with ExitStack() as running:
        for database in databases:
            if database == "sqlite":
                server, ending = f"sqlite:///{folder}", ".sqlite3"
            elif missing := [name for name in services.PROGRAMS[:2] if not services.program(name)]:
                print(f"Not measured on PostgreSQL: no {', '.join(missing)}")
                continue
            else:
                services.hand_over(folder)
                url = running.enter_context(services.postgresql(folder, **ROOMY))
                server, ending = url.rpartition("/")[0], ""
            for size in sizes:
                seed = (seeds or {}).get(size, ())
                world = World(database, size, f"{server}/{size}{ending}", folder, seed)
                world.make()
                found.append(world)
        yield found


def prepare_peers(world):
    """Copy the messages of a world for the peers, unless that was done at another time."""
    code = "from bench.peers.copying import prepare; prepare()"
    command = [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", code]
    environment = os.environ | world.environment(PEERS="on")
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)  # noqa: S603
