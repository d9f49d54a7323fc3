"""The two ways to live a story: with scripts on, and with scripts blocked."""

import pytest

WAYS = {"with script": True, "without script": False}

both_ways = pytest.mark.parametrize("javascript", list(WAYS.values()), ids=list(WAYS))
