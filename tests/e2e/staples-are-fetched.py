#!/usr/bin/env python3
"""A site's OCSP response is fetched from the responder that its certificate
names, and stapled by every worker, also by one that is started later; with the
responder gone a restart has it from disk, unless that has been spoilt."""
import os
import signal

from lib.responder import Stapling, openssl
from lib.stack import equal, status_of, until


def cached(stack):
    return [name for name in os.listdir(stack.path("cache")) if name.endswith(".der")]


stack = Stapling(site="ocsp = fetch", kind="RSA")
with openssl(stack.authority, stack.issue):
    with stack:
        until("a response", lambda: stack.results() != [])
        until("a staple", lambda: stack.staples("-tls1_3") == "good")
        equal("in TLS 1.2", stack.staples("-tls1_2"), "good")
        equal("results", stack.results(), ["fetched"])
        equal("files", len(cached(stack)), 1)
        site = stack.report("sites")["sites"][0]
        equal("as frontctl has it", (site["staple"], site["fetch"], site["fetch_failures"]), ("served", "fetched", 0))
        for name in ("frontd-fetch", "frontd-prove"):
            pid, = stack.pids(name)
            status = status_of(pid)
            equal(f"{name}: seccomp", status["Seccomp"], "2")
            equal(f"{name}: capabilities", int(status["CapPrm"], 16), 0)
        before = stack.pids("frontd-worker")
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until("new workers", lambda: len(set(stack.pids("frontd-worker")) - set(before)) == len(before))
        until("they serve", stack.tried)
        for _ in range(4):
            equal("of new workers", stack.staples(), "good")
        # So have those of a reload, which asks nobody, and is told of no place.
        os.rename(stack.path("cache"), stack.path("elsewhere"))
        stack.frontd.send_signal(signal.SIGHUP)
        until("a reload", lambda: stack.events("frontd", "reload") == 1)
        equal("after a reload", stack.staples(), "good")
        equal("results after a reload", stack.results(), ["fetched"])
        until("a warning", lambda: "event=ocsp-cache path=" in stack.log("frontd"))
        os.rename(stack.path("elsewhere"), stack.path("cache"))

        # Again, with nobody to ask.
        until("the reload is over", lambda: len(stack.pids("frontd-worker")) == len(before))
        stack.frontd.send_signal(signal.SIGTERM)
        stack.frontd.wait(20)
        os.unlink(stack.path("frontd.log"))
        file, = cached(stack)
        os.truncate(stack.path(f"cache/{file}"), os.path.getsize(stack.path(f"cache/{file}")) - 1)
        stack.start_frontd()
        until("a staple, but not that on disk", lambda: stack.results() == ["fetched"])
        stack.frontd.send_signal(signal.SIGTERM)
        stack.frontd.wait(20)
        os.unlink(stack.path("frontd.log"))
        stack.authority.say(stack.serial, "R")
        stack.start_frontd()
        until("a staple from disk", lambda: stack.results() == ["cached"])
        equal("from disk", stack.staples(), "good")
