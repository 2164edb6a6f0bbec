"""check_prometheus.py FILE: whether it is valid text of Prometheus (version 0.0.4), by the rules of the format and of
`promtool check metrics`: HELP and TYPE once, before the samples of their metric, which stand together; names, labels and
escapes; values; each series once; no timestamps (ours have none); names of gauges that do not end like other kinds."""
import re
import sys

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|\Z)')
SAMPLE = re.compile(r"([^\s{]+)(?:\{(.*)\})? (\S+)\Z")
NOT_OF_GAUGES = ("_total", "_count", "_sum", "_bucket")


def labels_of(text, line):
    """The labels of a sample, sorted."""
    found, at = {}, 0
    while at < len(text or ""):
        match = LABEL.match(text, at)
        assert match, f"labels: {line}"
        assert match[1] not in found, f"a label twice: {line}"
        assert not match[1].startswith("__"), f"a reserved label: {line}"
        found[match[1]], at = match[2], match.end()
    return tuple(sorted(found.items()))


def check(text):
    """How many series there are."""
    assert text.endswith("\n") or not text, "the last line has no end"
    helps, types, finished, series, current = set(), {}, set(), set(), None
    for line in text.split("\n")[:-1]:
        if line.startswith("# "):
            _, what, name, rest = line.split(" ", 3)
            assert what in ("HELP", "TYPE") and NAME.match(name) and rest, line
            known = helps if what == "HELP" else types
            assert name not in known and name not in finished and name != current, f"late, or twice: {line}"
            if what == "HELP":
                helps.add(name)
            else:
                types[name] = rest
                assert rest in ("counter", "gauge", "histogram", "summary", "untyped"), line
                assert rest != "gauge" or not name.endswith(NOT_OF_GAUGES), f"not a gauge's name: {line}"
            continue
        match = SAMPLE.match(line)
        assert match and NAME.match(match[1]), f"no sample: {line}"
        name = match[1]
        assert name in helps and name in types, f"no HELP or TYPE: {line}"
        assert name not in finished, f"samples of {name} in two places"
        if current not in (None, name):
            finished.add(current)
        current = name
        key = (name, labels_of(match[2], line))
        assert key not in series, f"a series twice: {line}"
        series.add(key)
        float(match[3])
    assert set(types) == helps == {name for name, _ in series}, "a metric without samples"
    return len(series)


print(check(open(sys.argv[1], encoding="utf-8", newline="").read()))
