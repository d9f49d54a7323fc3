"""Parley as production serves it, for a browser to visit."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

PROJECT = Path(__file__).parents[2]
NOT_INHERITED = {
    "ADMIN",
    "CACHE_URL",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "SECRET_KEY",
}

# Runs what comes line by line, and answers each with what that printed.
RUN_LINES = """
import io, json, sys
from contextlib import redirect_stdout
import django

django.setup()
for line in sys.stdin:
    with redirect_stdout(io.StringIO()) as printed:
        exec(json.loads(line), {})
    print(json.dumps(printed.getvalue()), flush=True)
"""


class Site:
    """A gunicorn with a database, a secret key and static files of its own, all in one folder."""

    shell = None
    options = ("--access-logfile=-",)

    def __init__(self, folder):
        self.log = folder / "server.log"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            host, port = listener.getsockname()
            self.url = f"http://{host}:{port}"
            self.environment = {
                **{name: os.environ[name] for name in os.environ.keys() - NOT_INHERITED},
                "VAR": str(folder),
                "SITE_URL": self.url,
                "SIGNUP": "open",
            }
            self.manage("migrate")
            self.manage("collectstatic", "--no-input")
            self.server = self.serve(listener)
        self.wait_for_first_answer()

    def manage(self, *arguments):
        """What `manage.py` prints when given these arguments."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def open_shell(self):
        return subprocess.Popen(
            [sys.executable, "-c", RUN_LINES],
            cwd=PROJECT,
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "messagingapp.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code, **names):
        """What some Python prints that runs beside the server: `run(CODE, key=12)`."""
        given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        self.shell = self.shell or self.open_shell()
        self.shell.stdin.write(json.dumps(given + code) + "\n")
        self.shell.stdin.flush()
        answer = self.shell.stdout.readline()
        assert answer, "this failed, as its traceback says:\n" + code
        return json.loads(answer)

    def serve(self, listener):
        gunicorn = [sys.executable, "-m", "gunicorn", "messagingapp.wsgi", *self.options]
        with self.log.open("w") as log:
            return subprocess.Popen(
                [*gunicorn, f"--bind=fd://{listener.fileno()}"],
                pass_fds=[listener.fileno()],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_for_first_answer(self):
        """The port listens since before the server started, so the first request waits for it."""
        try:
            urlopen(f"{self.url}/healthz", timeout=60).close()
        except OSError as error:
            self.stop()
            raise AssertionError(f"the site does not answer:\n{self.log.read_text()}") from error

    def stop(self):
        if self.shell:
            self.shell.communicate()
        self.server.terminate()
        try:
            self.server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
