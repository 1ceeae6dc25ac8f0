#!/usr/bin/env python3
"""A configuration takes over only when keyd has the key of each certificate: a
reload and an upgrade are refused otherwise, say which site it is, and change
nothing. So are they without keyd; what there is goes on. A start is not."""
import signal

from lib.stack import equal, make_key, until
from lib.upgrade import Upgrading

SITE = 'site "other" {{ names = {{ "other" }} chain = "other.pem" alpn = {{ "http/1.1" }} backend = "{}" }}'


def refused(answer, *words):
    equal("frontctl exits with", answer.returncode, 1)
    for word in words:
        if word not in answer.stderr:
            raise AssertionError(f"no {word} in: {answer.stderr}")


with Upgrading() as stack:
    key, _ = make_key(stack.dir, "other", host="other")
    workers = set(stack.pids("frontd-worker"))
    stack.rewrite(more=SITE.format(stack.backend.address))
    for word in ("reload", "upgrade"):
        refused(stack.frontctl(word), 'frontd.conf:', 'site "other": keyd has no key')
        stack.served()
        equal("its workers", set(stack.pids("frontd-worker")), workers)
    equal("refusals in the log", stack.log("frontd").count("event=reload result=refused"), 1)

    # keyd has it, then it can be.
    with open(stack.path("keyd.conf"), encoding="utf-8") as file:
        said = file.read()
    stack.write("keyd.conf", said.replace(
        'key "demo"', 'key "other" { file = "other-key.pem" } key "demo"', 1).replace(
            'keys = { "demo" }', 'keys = { "demo", "other" }'))
    stack.keyd.send_signal(signal.SIGHUP)
    until("keyd is reloaded", lambda: "event=reload result=done" in stack.log("keyd"), 60)
    answer = stack.frontctl("reload")
    equal("frontctl reload", (answer.returncode, answer.stderr), (0, ""))
    stack.served()

    # Without keyd nothing is known.
    old = stack.client()
    stack.keyd.send_signal(signal.SIGTERM)
    equal("keyd ends with", stack.keyd.wait(30), 0)
    refused(stack.frontctl("reload"), "keyd cannot be reached")
    old.sendall(b"still there?")
    equal("the echo", old.recv(100), b"still there?")
    old.close()
    stack.start_keyd()
    until("it is served again", stack.tried, 30)
    answer = stack.frontctl("reload")
    equal("frontctl reload", (answer.returncode, answer.stderr), (0, ""))

    # A start waits for no key: who has none is told of.
    stack.write("keyd.conf", said)
    stack.keyd.send_signal(signal.SIGHUP)
    until("keyd is reloaded", lambda: stack.events("keyd", "reload") > 1, 60)
    stack.frontd.send_signal(signal.SIGTERM)
    equal("frontd ends with", stack.frontd.wait(60), 0)
    equal("what lacks a key", stack.events("frontd", "key-missing"), 0)
    stack.frontd = stack.start("frontd")
    until("it is told of", lambda: "event=key-missing site=other" in stack.log("frontd"), 60)
    until("the other site is served", stack.tried, 30)
