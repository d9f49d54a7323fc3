"""What README.md says is so."""

import re
from pathlib import Path

import pytest

from bench import report
from messaging.urls import urlpatterns

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()
OUTSIDE = {"PORT", "WEB_CONCURRENCY", "GUNICORN_THREADS"}  # read by bin/run and gunicorn.conf.py


def table(heading):
    """The rows of the table below a heading, as lists of cells without their back-ticks."""
    section = README.split(f"# {heading}\n")[1].split("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def test_every_address_is_in_the_table_of_pages():
    addresses = {(f"/{str(page.pattern).replace('int:', '')}", page.name) for page in urlpatterns}

    assert {(address, name) for address, name, _ in table("The pages")} == addresses


def test_every_setting_is_in_the_table_of_settings():
    source = (PROJECT / "messagingapp" / "settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\("(\w+)"', source)) | {"CACHE_URL"}

    assert {row[0] for row in table("Settings")} == read | OUTSIDE


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?:docs|bench)/[^)]+)\)", README))))
def test_every_picture_is_there(path):
    assert (PROJECT / path).exists()


def test_the_figures_are_those_of_the_last_run():
    assert report.markdown(report.newest()) in README
