"""Chromium comes back with its session: TLS 1.2, and TLS 1.3 with its request as
early data."""
import os
import re
import shutil
import sys
import tempfile

from lib.program import ENVIRONMENT, Program
from lib.stack import BUILD, equal, make_key

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    print("chromium is not installed")
    sys.exit(77)

DIR = tempfile.mkdtemp(prefix="sallyport-")
KEY, CHAIN = make_key(DIR, "rsa", kind="RSA")
# It opens more connections than it needs at first, but these are one by one.
PAGE = """<!DOCTYPE html><body><script>
let number = 0;
function next() {
  if (number++ == 4) return;
  let frame = document.createElement("iframe");
  frame.onload = next;
  frame.src = "https://localhost:PORT/" + number;
  document.body.append(frame);
}
next();
</script>"""


def browse(policy):
    """What our server says of Chromium's connections."""
    with Program(f"{BUILD}/bin/s2nd", "--parallelize", "-w", "-s", "-c", policy, "-E", "16384", "--cert", CHAIN,
                 "--key", KEY, "127.0.0.1", "0", ready=r"^listening on (\d+)$") as server:
        with open(f"{DIR}/page.html", "w", encoding="ascii") as file:
            file.write(PAGE.replace("PORT", server.port))
        with Program(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--enable-features=EnableTLS13EarlyData", "--ignore-certificate-errors",
                     f"--user-data-dir={DIR}/profile", "--virtual-time-budget=20000", "--dump-dom",
                     f"file://{DIR}/page.html") as browser:
            server.find("^resumed: yes\n(?:.*\n)*?handshake: ")
            browser.ends()
        return re.findall(r"^version: (.*)\n(?:.*\n)*?resumed: yes\n.*\nearly data: (.*)$", server.said, re.M)


try:
    ENVIRONMENT["HOME"] = DIR
    for policy, wanted in ("20190214", ("TLSv1.2", "none")), ("default_tls13", ("TLSv1.3", "taken")):
        equal(f"resumed under {policy}", browse(policy)[0], wanted)
finally:
    shutil.rmtree(DIR, ignore_errors=True)
