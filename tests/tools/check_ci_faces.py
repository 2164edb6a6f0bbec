#!/usr/bin/env python3
"""check_ci_faces.py markdown|comment|junit|tap|github FILE: what a forge or a CI reads is well-formed, and nothing that a
snapshot says is more than text in it. Markdown goes through cmark-gfm, GitHub's own renderer. Prints what it counted."""
import html.parser
import re
import subprocess
import sys
import xml.etree.ElementTree

import yaml

# C0 but newline, DEL, C1, zero width, bidi, noncharacters.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")


def check(condition, message):
    if not condition:
        sys.exit(f"check_ci_faces: {message}")


class Page(html.parser.HTMLParser):
    """What the renderer made of a report: every element is one of ours, and what a snapshot says is in code alone."""

    ELEMENTS = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary"}
    OURS = re.compile(r"^[A-Za-z0-9 ,.:()…→|\n-]*$")  # no @, #, /, <, [, ! or _: no mention, no reference, no link
    COUNT = re.compile(r"^(\d+( → \d+)?)?$")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.comments, self.rows, self.cell = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        check(tag in self.ELEMENTS, f"<{tag}> is none of ours")
        for name, value in attrs:
            check((name, value) in {("open", None), ("class", "language-diff"), ("align", "right")}, f"{tag} {name}={value}")
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, f"</{tag}> closes something else")
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)

    def handle_data(self, data):
        if not {"code", "pre"} & set(self.open):
            check(self.OURS.match(data), f"text outside of code: {data!r}")
        self.cell += data

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_decl(self, decl):
        check(False, f"a declaration: {decl}")

    def handle_pi(self, data):
        check(False, f"a processing instruction: {data}")


def rendered(text):
    extensions = [word for name in ("table", "strikethrough", "autolink", "tasklist") for word in ("-e", name)]
    return subprocess.run(["cmark-gfm", "--unsafe", *extensions], input=text, capture_output=True, text=True,
                          check=True).stdout


def check_table(rows):
    for row in rows[1:]:
        check(len(row) == len(rows[0]), f"a row of {len(row)} cells: {row}")
        jobs, changes = row[-3], row[-1]
        check(Page.COUNT.match(jobs) and Page.COUNT.match(changes), f"a broken row: {row}")


def check_markdown(text, marker):
    check(not HARMFUL.search(text), "a control character")
    page = Page()
    page.feed(rendered(text))
    page.close()
    check(not page.open, f"left open: {page.open}")
    check(len(page.comments) == (1 if marker else 0), f"comments: {page.comments}")
    check(not marker or re.match(r"<!-- git-qsnap:pr-comment v1 key=[A-Za-z0-9._/%-]* -->\n", text), "no marker")
    check_table(page.rows)
    source_rows = sum(line.startswith("| ") for line in text.split("\n"))
    check(source_rows == len(page.rows), f"{source_rows} rows became {len(page.rows)}")
    check(not marker or (len(text) <= 60_000 and len(text.encode()) <= 240_000), "beyond the budget of a comment")
    return f"{len(text)} characters, {len(page.rows)} rows"


def check_junit(text):
    check(not HARMFUL.search(text), "a control character")
    root = xml.etree.ElementTree.fromstring(text)
    check(root.tag == "testsuites", f"<{root.tag}>")
    cases = failures = 0
    for suite in root:
        check(suite.tag == "testsuite" and suite.get("name"), "a suite without a name")
        own = suite.findall("testcase")
        failed = [case for case in own if case.find("failure") is not None]
        check([int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")]
              == [len(own), len(failed), 0, 0], "the suite's counts")
        check({child.tag for child in suite} <= {"testcase", "system-out"}, "elements of a suite")
        for case in own:
            check(case.get("name") and case.get("classname") and float(case.get("time")) >= 0, f"{case.attrib}")
            check(set(case.attrib) <= {"name", "classname", "time", "file"}, f"{case.attrib}")
            check([child.tag for child in case] in ([], ["failure"]), "elements of a case")
        for case in failed:
            failure = case.find("failure")
            check(set(failure.attrib) == {"type", "message"} and failure.get("message"), f"{failure.attrib}")
            check(failure.get("type") in ("mismatch", "missing", "unreadable"), failure.get("type"))
            check(failure.text.startswith(failure.get("message") + "\n"), "the verdict comes first")
        cases += len(own)
        failures += len(failed)
    check([int(root.get(name)) for name in ("tests", "failures")] == [cases, failures] and cases > 0, "the counts")
    return f"{cases} tests, {failures} failed"


POINT = re.compile(r"^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])+)$")  # no directive: "#" is escaped


def check_tap(text):
    check(not HARMFUL.search(text), "a control character")
    lines = text.split("\n")
    check(lines[0] == "TAP version 14" and lines.pop() == "", "the first line, or the last")
    planned = int(re.fullmatch(r"1\.\.([1-9]\d*)", lines[1]).group(1))
    at, number, failures = 2, 0, 0
    while at < len(lines):
        if lines[at].startswith("# "):
            at += 1
            continue
        point = POINT.match(lines[at])
        check(point, f"no test point: {lines[at]}")
        number += 1
        check(int(point.group(2)) == number, f"out of order: {lines[at]}")
        at += 1
        if point.group(1):
            failures += 1
            check(lines[at] == "  ---", f"no YAML: {lines[at]}")
            end = lines.index("  ...", at)
            check(all(line.startswith("  ") for line in lines[at:end]), "the YAML is not indented")
            said = yaml.safe_load("\n".join(line[2:] for line in lines[at:end]))
            check({"message", "severity", "type", "before", "after"} <= set(said), f"{set(said)}")
            check(all(isinstance(line, str) for line in said.get("diff", []) + [said["message"]]), "texts")
            at = end + 1
    check(number == planned, f"{planned} planned, {number} there")
    return f"{number} tests, {failures} failed"


COMMAND = re.compile(r"^::(error|warning|notice) ((?:[a-z]+=[^:,\r\n]*,)*[a-z]+=[^:,\r\n]*)::(.+)$")


def check_github(text):
    check(not HARMFUL.search(text), "a control character")
    kinds = []
    for line in text.splitlines():
        command = COMMAND.match(line)
        check(command, f"no annotation: {line}")
        names = [part.split("=")[0] for part in command.group(2).split(",")]
        check(names in (["title"], ["file", "line", "title"]), f"{names}")
        check(not re.search(r"%(?!25|0A|0D|3A|2C)", command.group(2) + command.group(3)), f"escapes: {line}")
        kinds.append(command.group(1))
    check(kinds == sorted(kinds, key=["error", "warning", "notice"].index), "the worst first")
    check(all(kinds.count(kind) <= 10 for kind in set(kinds)), "more than GitHub shows")
    return f"{len(kinds)} annotations, {kinds.count('error')} errors"


def main():
    face, path = sys.argv[1:]
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    faces = {"markdown": lambda: check_markdown(text, False), "comment": lambda: check_markdown(text, True),
             "junit": lambda: check_junit(text), "tap": lambda: check_tap(text), "github": lambda: check_github(text)}
    print(faces[face]())


main()
