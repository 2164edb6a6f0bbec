import os

import pytest

import shop


@pytest.fixture(scope="session")
def qsnap_server_url():
    """What `git qsnap run` sets; each worker of pytest-xdist has a database of its own in it."""
    return os.environ["REDIS_URL"]


@pytest.fixture(scope="session", autouse=True)
def celery_database(qsnap_redis_url):
    shop.app.conf.update(broker_url=qsnap_redis_url, result_backend=qsnap_redis_url)
