"""Run a command beside a throw-away PostgreSQL and Redis: python -m tests.services COMMAND...

The command finds them in DATABASE_URL and CACHE_URL. Both are gone when it ends, however it ends.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import redis

FOLDER = Path(__file__).parents[1] / "var" / "services"
PROGRAMS = ("initdb", "postgres", "redis-server")
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
NOT_TESTED = "Not tested on PostgreSQL and Redis, no {}: apt install postgresql redis-server"


def main(command):
    missing = [name for name in PROGRAMS if not program(name)]
    if missing:
        print(NOT_TESTED.format(", ".join(missing)))
        return 1 if os.environ.get("REQUIRE_SERVICES") == "1" else 0

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    with (
        folder() as place,
        postgresql(place, **FORGETFUL) as database_url,
        redis_server(place) as cache_url,
    ):
        return run(command, DATABASE_URL=database_url, CACHE_URL=cache_url)


def run(command, **variables):
    """The command's exit code. Ctrl-C reaches it from the terminal, other signals from here."""
    signal.signal(signal.SIGINT, lambda number, frame: None)
    with subprocess.Popen(command, env=os.environ | variables) as process:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, frame: process.send_signal(number))
        code = process.wait()
    return code if code >= 0 else 128 - code


# The servers


class DidNotStart(Exception):
    pass


@contextmanager
def postgresql(place, **settings):
    """Its address, until the end of the block. What it holds stays in `place`."""
    port, data, password_file = free_port(), place / "postgresql", place / "password"
    if not password_file.exists():
        private(password_file, secrets.token_hex())
    password = password_file.read_text()
    initdb = [
        program("initdb"),
        f"--pgdata={data}",
        "--username=parley",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    settings |= {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 300,
    }
    postgres = [program("postgres"), "-D", data, *(f"--{k}={v}" for k, v in settings.items())]
    url = f"postgres://parley:{password}@127.0.0.1:{port}/postgres"

    if not data.exists():
        with child(initdb, place) as process:
            if process.wait() != 0:
                raise DidNotStart
    with child(postgres, place, stop=signal.SIGINT) as process:  # whoever is still connected
        wait_for(lambda: psycopg.connect(url).close(), process)
        yield url


@contextmanager
def redis_server(place):
    password, port = secrets.token_hex(), free_port()
    settings = f"""
        bind 127.0.0.1
        port {port}
        requirepass {password}
        databases 64
        save ""
    """
    url = f"redis://:{password}@127.0.0.1:{port}"
    command = [program("redis-server"), private(place / "redis.conf", settings)]

    with child(command, place) as process:
        wait_for(lambda: redis.Redis.from_url(url).ping(), process)
        yield url


@contextmanager
def child(command, place, stop=signal.SIGTERM):
    """A process in a session of its own, where Ctrl-C in the terminal does not reach it."""
    with (place / "log").open("a") as log:
        process = subprocess.Popen(
            command,
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **other_account(),
        )
    try:
        yield process
    except DidNotStart:
        sys.exit(f"{Path(command[0]).name} did not start:\n{(place / 'log').read_text()}")
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(answer, process):
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return answer()
        except (psycopg.OperationalError, redis.ConnectionError):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
    raise DidNotStart


# Their surroundings


def program(name):
    """Where a program is: on PATH, or in Debian's folders, the newest version first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda folder: float(folder.name))
    folders = [os.environ["PATH"], *(str(folder / "bin") for folder in reversed(debian))]
    return shutil.which(name, path=os.pathsep.join(folders))


def other_account():
    """For subprocess: who runs the servers where root must not."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def folder():
    """A folder for the servers' data, under var/ unless their account cannot reach it there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for parent in (FOLDER, None):
        with TemporaryDirectory(dir=parent) as name:
            place = hand_over(Path(name))
            if subprocess.run(["test", "-w", place], **other_account()).returncode == 0:
                yield place
                return
    sys.exit("The servers' account can write neither under var/ nor in the temporary folder")


def private(path, text):
    """A file that only the servers' account can read."""
    path.touch(mode=0o600)
    path.write_text(text)
    return hand_over(path)


def hand_over(path):
    if account := other_account():
        os.chown(path, account["user"], account["group"])
    return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
