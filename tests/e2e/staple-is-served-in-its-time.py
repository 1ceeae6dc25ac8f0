#!/usr/bin/env python3
"""A site's OCSP response goes along with its certificate to clients that ask,
in TLS 1.3 and 1.2, until it expires: then connections go on without it. One
that has expired when frontd starts is never served; one that is no response, or
another certificate's, is an error with file and line."""
import os
import re
import subprocess
import sys
import time

from lib.stack import BUILD, Stack, equal, make_key, until

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DAY = 86400
# From making a response until it expires, where that is to be seen.
SHORT = 15
VERSIONS = ("-tls1_3", "-tls1_2")


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=20)


def respond(stack, out, chain, key, age=0):
    """A response of the certificate's own key, for a day that began age seconds ago."""
    serial = run("openssl", "x509", "-in", chain, "-noout", "-serial").stdout.strip().partition("=")[2]
    stack.write("index.txt", f"V\t301231235959Z\t\t{serial}\tunknown\t/CN=localhost\n")
    run("openssl", "ocsp", "-index", stack.path("index.txt"), "-CA", chain, "-rsigner", chain, "-rkey", key,
        "-issuer", chain, "-cert", chain, "-no_nonce", "-ndays", "1", "-resp_no_certs", "-respout", stack.path(out))
    run(sys.executable, f"{TESTS}/interop/aged.py", stack.path(out), key, stack.path(out), str(age))


def status(stack, *words):
    """What openssl says of the staple, in a connection that works."""
    said = stack.openssl("-status", *words)
    if said is None:
        raise AssertionError(f"no connection with {words}")
    if "OCSP response: no response sent" in said:
        return "none"
    return re.search(r"^ *Cert Status: (\S+)$", said, re.MULTILINE)[1]


def warned(stack):
    return re.findall(r"level=(\S+) .*event=ocsp (.*)", stack.log("frontd"))


class Stapled(Stack):
    """One site with demo.der, its response."""

    def __init__(self, age, **words):
        super().__init__(kind="RSA", site='ocsp = "demo.der"', **words)
        respond(self, "demo.der", self.chain, self.key, age)
        self.made = time.time()


with Stapled(0) as stack:
    for version in VERSIONS:
        equal(f"with {version}", status(stack, version), "good")
    if "OCSP" in stack.openssl("-tls1_2", "-msg"):
        raise AssertionError("a staple that nobody asked for")
    equal("warnings", warned(stack), [])

    make_key(stack.dir, "other", "other.test", "RSA")
    respond(stack, "other.der", stack.path("other.pem"), stack.path("other-key.pem"))
    SITE = 'site "demo" {\n chain = "demo.pem"\n ocsp = "%s"\n backend = "127.0.0.1:1"\n}\n'
    for name, reason in (("demo.pem", "no OCSP response in DER"), ("other.der", "is of another certificate"),
                         ("absent.der", "No such file or directory")):
        stack.write("bad.conf", SITE % name + 'listen "127.0.0.1:1" { default = "demo" }\n')
        for option in ([], ["-t"]):
            ended = subprocess.run([f"{BUILD}/bin/frontd", *option, "-f", stack.path("bad.conf")],
                                   capture_output=True, text=True, timeout=20, check=False)
            equal(f"exit of frontd {option}", ended.returncode, 1)
            equal(f"words of frontd {option}", ended.stderr,
                  f"{stack.path('bad.conf')}:3: {stack.path(name)}: {reason}\n")

with Stapled(DAY - SHORT, processes=1) as stack:
    equal("in time", status(stack), "good")
    until("the response expires", lambda: time.time() > stack.made + SHORT, SHORT)
    for version in VERSIONS:
        equal(f"expired, with {version}", status(stack, version), "none")
    until("a warning", lambda: warned(stack) == [("warn", "site=demo reason=expired")])

with Stapled(DAY + 1) as stack:
    equal("a warning at start", warned(stack), [("warn", "site=demo reason=expired")])
    equal("one that had expired", status(stack), "none")
