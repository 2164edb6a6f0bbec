# SPDX-License-Identifier: Apache-2.0
"""git-qsnap as a program that is started and answers with one JSON document. Knows nothing of pytest."""
import json
import os
import re
import subprocess
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED_ENDING = re.compile(r"\.(lock|qsnap)?\Z", re.IGNORECASE)


class QueueSnapshotMismatch(AssertionError):
    """A snapshot differs or is missing, or a contract is broken. `document` is all that git qsnap assert said."""

    def __init__(self, document):
        super().__init__(document["message"])
        self.document = document


class QsnapError(RuntimeError):
    """What kept git-qsnap from knowing: no Redis, no repository, an option that is none."""


def _fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


def _component(text):
    if _COMPONENT.fullmatch(text) and not _RESERVED_ENDING.search(text):
        return text
    readable = re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("._-")[:91].rstrip("._-") or "x"
    return f"{readable}-{_fnv1a(text.encode('utf-8', 'surrogatepass'))}"


def snapshot_name(parts):
    """The name for what a test framework knows by these parts; integrations/README.md has the rule."""
    if len(parts) > 4:
        parts = ["\n".join(parts[:-3]), *parts[-3:]]
    return "/".join(["test-cases", *map(_component, parts)])


def repository_of(path):
    """The nearest folder above with .git; the path's own one where there is none."""
    return next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)


def shifted_database(url, by):
    """The URL of the database so many behind the one of `url`."""
    split = urlsplit(url)
    if split.scheme == "unix":
        query = dict(parse_qsl(split.query))
        query["db"] = str(int(query.get("db", "0")) + by)
        return f"unix://{split.path}?{urlencode(query, safe='/')}"
    database = int(split.path.strip("/") or "0") + by
    return urlunsplit(split._replace(path=f"/{database}"))


def arguments(options):
    """{"within": "5s", "ignore": ["a", "b"], "allow_empty": True} as words of the command line."""
    for key, value in options.items():
        option = "--" + key.replace("_", "-")
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is True:
                yield option
            elif one is not None and one is not False:
                yield f"{option}={one}"


def _problem(program, finished):
    try:
        error = json.loads(finished.stderr)
        lines = [f"git qsnap: {error['message']}", *(f"hint: {hint}" for hint in error["hints"])]
    except (ValueError, KeyError, TypeError):
        said = finished.stderr.decode("utf-8", "replace").strip() or "nothing"
        lines = [f"{program} ended with {finished.returncode} and said {said!r}"]
    return QsnapError("\n".join(lines))


def run(command, words, options, folder, environment=None):
    """Runs `git-qsnap COMMAND --json` in this folder. Its document; QsnapError where there is none."""
    program = os.environ.get("QSNAP_PROGRAM") or "git-qsnap"
    options, environ = dict(options), {**os.environ, **(environment or {})}
    if "redis" in options:
        environ["QSNAP_REDIS_URL"] = options.pop("redis")  # not on the command line, which everybody can read
    line = [program, command, "--json", *arguments(options), "--", *words]
    try:
        finished = subprocess.run(line, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as error:
        raise QsnapError(f"{program} cannot be started: {error.strerror}\n"
                         "hint: install git-qsnap, or name its path in QSNAP_PROGRAM") from None
    try:
        document = json.loads(finished.stdout)
    except ValueError:
        document = None
    if finished.returncode not in (0, 1) or not isinstance(document, dict):
        raise _problem(program, finished)
    return document
