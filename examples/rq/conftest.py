import os

import pytest

from shop import Shop


@pytest.fixture(scope="session")
def qsnap_server_url():
    """What `git qsnap run` sets; each worker of pytest-xdist has a database of its own in it."""
    return os.environ["REDIS_URL"]


@pytest.fixture
def shop(qsnap_redis_url):
    return Shop(qsnap_redis_url)
