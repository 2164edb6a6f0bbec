# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from pytest_qsnap.client import QsnapError, arguments, run, shifted_database, snapshot_name

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "name-vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["why"])
def test_names_are_those_of_all_integrations(vector):
    assert snapshot_name(vector["parts"]) == vector["name"]


@pytest.mark.parametrize("url, expected", [
    ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/3"),
    ("redis://127.0.0.1:6379/4", "redis://127.0.0.1:6379/7"),
    ("rediss://user:p%40ss@host:1/0?x=y", "rediss://user:p%40ss@host:1/3?x=y"),
    ("unix:///run/redis.sock", "unix:///run/redis.sock?db=3"),
    ("unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=5"),
])
def test_a_worker_gets_a_database_behind_the_given_one(url, expected):
    assert shifted_database(url, 3) == expected


def test_options_become_words_by_their_names():
    options = {"within": "5s", "ignore": ["jobs.a", "--b"], "allow_empty": True, "full": False, "update": None}
    assert list(arguments(options)) == ["--within=5s", "--ignore=jobs.a", "--ignore=--b", "--allow-empty"]


def test_a_program_that_is_not_there_or_says_nonsense_is_an_error_with_a_hint(monkeypatch, tmp_path):
    monkeypatch.setenv("QSNAP_PROGRAM", str(tmp_path / "gone"))
    with pytest.raises(QsnapError, match="cannot be started: No such file(.|\n)*hint: install git-qsnap"):
        run("assert", ["flow"], {}, tmp_path)
    monkeypatch.setenv("QSNAP_PROGRAM", "/bin/true")
    with pytest.raises(QsnapError, match="/bin/true ended with 0 and said 'nothing'"):
        run("assert", ["flow"], {}, tmp_path)


def test_a_password_is_not_on_the_command_line(monkeypatch, tmp_path):
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\nprintf \'{"line": "%s", "url": "%s"}\' "$*" "$QSNAP_REDIS_URL"\n')
    program.chmod(0o755)
    monkeypatch.setenv("QSNAP_PROGRAM", str(program))
    said = run("assert", ["flow"], {"redis": "redis://:secret@h:1", "within": "1s"}, tmp_path)
    assert said == {"line": "assert --json --within=1s -- flow", "url": "redis://:secret@h:1"}
