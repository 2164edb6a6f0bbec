#!/usr/bin/env python3
"""browse_html.py PAGE.html TEXT COUNT [--picture PNG [--dark] [--width N] [--height N] [--place HASH]] [--times]

Opens a report in a headless Chromium, through its DevTools pipe, and uses it as a reader does: the filter (typed, by
kind, by queue, from a link), themes, a narrow window, and no scripts at all. TEXT must leave COUNT changes. Any request
but that for the page, any dialog, error or violation of the page's policy fails, and so does a canary that is set.
--picture only takes a picture; --times prints how long loading and filtering took."""
import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TIMEOUT_S = 60
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class Browser:
    """Chromium with one page. Messages are JSON, each ended by a zero byte, on the file descriptors 3 and 4."""

    def __init__(self, folder):
        program = next(path for path in map(shutil.which, PROGRAMS) if path)
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                   "--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
                   f"--user-data-dir={folder}"]
        # As a shell would: `exec program 3<… 4>…`, whatever numbers the pipes have here.
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "${@:3}" 3<&"$1" 4>&"$2"', "browse", str(to_browser), str(from_browser), *command],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.buffer, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def receive(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.input, 65536)
            if not piece:
                raise RuntimeError("the browser went away")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def open(self, address):
        self.events.clear()
        self.call("Page.navigate", url="about:blank")  # else a new hash alone would load nothing
        self.wait_for("Page.loadEventFired")
        self.events.clear()
        self.call("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def value(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, text):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, text=text if kind == "keyDown" else "", key=text)

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (OSError, RuntimeError):
            pass
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_quiet(browser, address):
    """Nothing was asked for but the page, and nothing went wrong in it."""
    for event in browser.events:
        name, parameters = event.get("method", ""), event.get("params", {})
        if name == "Network.requestWillBeSent":
            asked = parameters["request"]["url"]
            check(asked in (address, "about:blank"), f"a request for {asked}")
        check(name != "Page.javascriptDialogOpening", f"a dialog: {parameters}")
        check(name != "Runtime.exceptionThrown", f"an exception: {parameters}")
        if name == "Log.entryAdded":
            check(parameters["entry"]["level"] not in ("error", "warning"), f"said: {parameters['entry']}")


STATUS = "document.getElementById('status').textContent"
SHOWN = """[...document.querySelectorAll('.group:not([hidden])')]
           .filter(group => group.closest('.block:not([hidden])')).length"""
# Begins to wait for the filter to have its say; it writes even if that is what it said before.
WATCH = """window.said = new Promise(done => new MutationObserver((records, observer) => {
             observer.disconnect(); done(document.getElementById('status').textContent);
           }).observe(document.getElementById('status'), {childList: true})); 0"""
RESET = "document.querySelector('#filter [type=reset]').click()"


def status_after(browser, script):
    browser.value(WATCH)
    browser.value(script)
    return browser.value("window.said")


def use_filter(browser, page, text, expected):
    total = browser.value("Number(document.getElementById('filter').dataset.changes)")
    everything = f"{total} changes"
    check(browser.value(STATUS) == everything, f"at first: {browser.value(STATUS)}")
    groups = browser.value(SHOWN)
    browser.key("/")
    check(browser.value("document.activeElement.id") == "q", "/ does not focus the filter")
    browser.value(WATCH)
    browser.call("Input.insertText", text=text)
    said = browser.value("window.said")
    wanted = f"{expected} of {total} changes"
    check(said.startswith(wanted), f"filtered by {text!r}: {said!r}, not {wanted!r}")
    # A link keeps the view.
    link = page + browser.value("location.hash")
    browser.open(link)
    check(browser.value(STATUS).startswith(wanted), f"{link}: {browser.value(STATUS)!r}")
    check_quiet(browser, page)
    check(status_after(browser, RESET) == everything, "a reset does not show all")
    check(browser.value(SHOWN) == groups, "a reset leaves groups hidden")
    use_kinds_and_queues(browser, total)


def use_kinds_and_queues(browser, total):
    """Each kind by itself, and each queue by itself: together they are everything."""
    kinds = browser.value("[...document.querySelectorAll('#filter [type=checkbox]')].map(box => box.value)")
    seen = 0
    for kind in kinds if len(kinds) > 1 else []:
        said = status_after(browser, f"""for (const box of document.querySelectorAll('#filter [type=checkbox]'))
                                           if (box.checked !== (box.value === {json.dumps(kind)})) box.click()""")
        seen += int(said.split()[0])
    check(len(kinds) < 2 or seen == total, f"the kinds are {seen} changes together, and not {total}")
    status_after(browser, RESET)
    queues = browser.value("[...document.getElementById('queue').options].map(option => option.value).slice(1)")
    seen = 0
    for queue in queues:
        said = status_after(browser, f"""{{ const select = document.getElementById('queue');
                                            select.value = {json.dumps(queue)};
                                            select.dispatchEvent(new Event('input', {{bubbles: true}})) }}""")
        seen += int(said.split()[0])
    check(seen == total, f"the queues are {seen} changes together, and not {total}")
    status_after(browser, RESET)


def use_page(browser, page, text, expected):
    browser.open(page)
    check_quiet(browser, page)
    title = browser.value("document.title")
    use_filter(browser, page, text, expected)
    # Themes.
    paper = "getComputedStyle(document.body).backgroundColor"
    first = browser.value(paper)
    browser.value("document.getElementById('theme').click()")
    check(browser.value(paper) != first, "the button does not change the theme")
    check("theme=" in browser.value("location.hash"), "the theme is not in the link")
    # Everything open, in a narrow window: it scrolls inside of tables alone.
    browser.value("document.getElementById('unfold').click()")
    browser.call("Emulation.setDeviceMetricsOverride", width=420, height=900, deviceScaleFactor=1, mobile=False)
    browser.value("for (const block of document.querySelectorAll('.block')) block.style.contentVisibility = 'visible'")
    check(browser.value("document.documentElement.scrollWidth") <= 420, "it scrolls sideways at 420 pixels")
    browser.call("Emulation.clearDeviceMetricsOverride")
    # Nothing that a snapshot says came to life.
    check(browser.value("window.canary ?? null") is None, "a canary sings")
    check(browser.value("document.title") == title, "the title has changed")
    check_quiet(browser, page)
    # Without scripts.
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    check_quiet(browser, page)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    check(browser.value("document.getElementById('filter').hidden"), "the filter is there without a script behind it")
    check(browser.value("document.querySelectorAll('.group').length") > 0, "no changes without scripts")


def take_picture(browser, page, options):
    theme = "dark" if options.dark else "light"
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    browser.call("Emulation.setDeviceMetricsOverride", width=options.width, height=options.height, deviceScaleFactor=1,
                 mobile=False)
    browser.open(page + options.place)
    if options.script:
        browser.value(options.script)
    picture = browser.call("Page.captureScreenshot", format="png")["data"]
    pathlib.Path(options.picture).write_bytes(base64.b64decode(picture))


def print_times(browser, page, text):
    browser.open(page)
    load = browser.value("(t => t.loadEventEnd - t.startTime)(performance.getEntriesByType('navigation')[0])")
    filtering = browser.value(f"""new Promise(done => {{
        const start = performance.now(), q = document.getElementById('q');
        new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))))
          .observe(document.getElementById('status'), {{childList: true}});
        q.value = {json.dumps(text)}; q.dispatchEvent(new Event('input', {{bubbles: true}})); }})""")
    print(f"load {load:.0f} ms, first filter {filtering:.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    parser.add_argument("text")
    parser.add_argument("count", type=int)
    parser.add_argument("--picture")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1100)
    parser.add_argument("--height", type=int, default=1100)
    parser.add_argument("--place", default="")
    parser.add_argument("--script", default="")
    parser.add_argument("--times", action="store_true")
    options = parser.parse_args()
    page = pathlib.Path(options.page).resolve().as_uri()
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            if options.picture:
                take_picture(browser, page, options)
            elif options.times:
                print_times(browser, page, options.text)
            else:
                use_page(browser, page, options.text, options.count)
                print("works")
        except AssertionError as failure:
            print(failure)
            return 1
        finally:
            browser.close()
    return 0


sys.exit(main())
