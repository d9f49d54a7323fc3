"""The browser of the tests: python -m tests.browser.chromium installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell draws the same pages as the whole browser, and opens no windows of its own.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium-headless-shell", "chromium")
MISSING = "No browser to test with: apt install chromium, or python -m playwright install chromium"


def on_this_machine():
    """The path of a browser that belongs to the system, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def executable(browser_type):
    """The path of the browser to use: the system's, else the one that Playwright downloaded."""
    path = on_this_machine() or browser_type.executable_path
    return path if Path(path).exists() else None


def install():
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"]
        if any(subprocess.run([*apt, package]).returncode == 0 for package in PACKAGES):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if not on_this_machine():
        install()
