#!/usr/bin/env python3
"""check_html.py FILE: is this report sound, whatever was in the snapshots? With --json: prints the data that it carries.

Nesting, ids and what refers to them, headings; elements and attributes are those that the program writes and no others,
so nothing injected can hide among them; nothing that a browser would fetch; a Content-Security-Policy whose digests are
those of the style and the script; data that is JSON; colours with the contrast that WCAG AA asks for."""
import base64
import hashlib
import html.parser
import json
import re
import sys

VOID = {"meta", "input", "rect"}
ELEMENTS = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(), "body": set(), "main": set(), "footer": set(),
    "meta": {"charset", "name", "content", "http-equiv"}, "script": {"type", "id"},
    "header": {"class"}, "nav": {"aria-labelledby"}, "section": {"class", "aria-labelledby"}, "div": {"class", "id"},
    "h1": set(), "h2": {"id", "class"}, "h3": {"id"}, "p": {"class"}, "span": {"class"}, "b": set(), "i": set(),
    "code": set(), "pre": set(), "del": set(), "ins": set(), "a": {"class", "href"},
    "ul": {"class"}, "li": {"class"}, "dl": {"class"}, "dt": set(), "dd": set(),
    "table": {"class"}, "caption": set(), "thead": set(), "tbody": set(), "tr": set(),
    "th": {"scope", "class", "rowspan"}, "td": {"class", "data-side", "data-name"},
    "svg": {"class", "viewbox", "preserveaspectratio"}, "rect": {"class", "x", "width", "height"},
    "details": {"class", "open"}, "summary": {"class"},
    "form": {"id", "class", "hidden"}, "label": {"class", "for"}, "fieldset": set(), "legend": {"class"},
    "input": {"id", "name", "type", "value", "checked", "placeholder", "autocomplete", "spellcheck"},
    "select": {"id", "name"}, "option": {"value"}, "button": {"type", "id", "hidden"}, "output": {"id"},
}
EVERYWHERE = {"role", "tabindex", "aria-label", "aria-pressed", "data-kind", "data-queue", "data-changes", "data-unlisted"}


class Report(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.ids, self.references = [], [], set(), []
        self.texts = {"style": [], "script": [], "data": [], "title": []}
        self.headings, self.policy, self.scripts = [], None, []

    def problem(self, text):
        line, column = self.getpos()
        self.problems.append(f"{line}:{column}: {text}")

    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS:
            self.problem(f"<{tag}> is not an element of a report")
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.problem(f"<{tag}> has an attribute twice")
        for name, value in attributes:
            if name not in ELEMENTS.get(tag, set()) and name not in EVERYWHERE:
                self.problem(f"<{tag} {name}> is not an attribute of a report")
            if name == "href" and not (value or "").startswith("#"):
                self.problem(f"a link out of the page: {value!r}")
            if name == "id" and value in self.ids:
                self.problem(f"the id {value} is there twice")
        values = dict(attributes)
        if "id" in values:
            self.ids.add(values["id"])
        for name in ("href", "for", "aria-labelledby"):
            if values.get(name):
                self.references.append(values[name].lstrip("#"))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag == "script":
            self.scripts.append(values.get("type"))
        if tag in ("summary",) and (not self.open or self.open[-1] != "details"):
            self.problem("a <summary> outside of <details>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag in VOID or not self.open or self.open[-1] != tag:
            self.problem(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")
        else:
            self.open.pop()

    def handle_comment(self, data):
        self.problem("a comment")

    def handle_data(self, data):
        if not self.open:
            return
        tag = self.open[-1]
        if tag == "script" and self.scripts[-1] is not None:
            tag = "data"
        if tag in self.texts:
            self.texts[tag].append(data)


def digest(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def luminance(colour):
    def linear(part):
        part /= 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
    red, green, blue = (linear(int(colour[i:i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    brighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def contrast_problems(style):
    light = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style[:style.index("}")]))
    dark_at = style.index(':root[data-theme="dark"]')
    dark_rules = re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style[dark_at:style.index("}", dark_at)])
    by_system = style[style.index("prefers-color-scheme: dark"):dark_at]
    if re.findall(r"--([a-z]+): (#[0-9a-f]{6});", by_system) != dark_rules:
        yield "the two dark themes differ"
    for name, theme in (("light", light), ("dark", {**light, **dict(dark_rules)})):
        for ink in ("text", "soft", "good", "bad", "warn", "accent", "move"):
            for paper in ("back", "panel"):
                if contrast(theme[ink], theme[paper]) < 4.5:
                    yield f"{name}: {ink} on {paper} has a contrast of {contrast(theme[ink], theme[paper]):.2f}"
        for paper in ("ins", "del"):
            if contrast(theme["text"], theme[paper]) < 4.5:
                yield f"{name}: text on {paper} has a contrast of {contrast(theme['text'], theme[paper]):.2f}"
        for bar in ("wait", "act", "later", "done", "again", "fail", "held", "other"):
            if contrast(theme[bar], theme["back"]) < 1.8:  # not told by colour alone: the numbers stand beside it
                yield f"{name}: {bar} can hardly be seen"


def problems_of(text):
    report = Report()
    report.feed(text)
    report.close()
    yield from report.problems
    if report.open:
        yield f"not closed: {report.open}"
    for reference in report.references:
        if reference not in report.ids:
            yield f"#{reference} is referred to, and not there"
    if report.headings.count(1) != 1 or report.headings[0] != 1:
        yield "not one <h1> in front"
    for above, below in zip(report.headings, report.headings[1:]):
        if below > above + 1:
            yield f"<h{below}> follows <h{above}>"
    style, script = "".join(report.texts["style"]), "".join(report.texts["script"])
    for word in ("@import", "url(", "expression(", "@font-face"):
        if word in style:
            yield f"{word} in the style"
    for word in ("fetch(", "XMLHttpRequest", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                 "Function(", "import(", "WebSocket", "sendBeacon", "localStorage", ".src", "createElement"):
        if word in script:
            yield f"{word} in the script"
    expected = (f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
                "base-uri 'none'; form-action 'none'")
    if report.policy != expected:
        yield f"the policy is {report.policy!r}, and not {expected!r}"
    if report.scripts not in ([None], ["application/json", None]):
        yield f"scripts: {report.scripts}"
    if len(report.scripts) == 2:
        document = json.loads("".join(report.texts["data"]))
        if document.get("schema") not in ("qsnap.diff/1", "qsnap.diff-set/1"):
            yield "the data is no comparison"
    if not "".join(report.texts["title"]).strip():
        yield "no title"
    yield from contrast_problems(style)
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text):
        yield "a control character"


def print_data(text):
    report = Report()
    report.feed(text)
    print("".join(report.texts["data"]))
    return 0


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        text = file.read()
    if "--json" in sys.argv[2:]:
        return print_data(text)
    found = list(problems_of(text))
    print("\n".join(found) or "sound")
    return 1 if found else 0


sys.exit(main())
