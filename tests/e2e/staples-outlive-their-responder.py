#!/usr/bin/env python3
"""When half of its time has passed an OCSP response is fetched again, and what
cannot be fetched is tried again; the old one is served until it ends, and none
once the responder says that the certificate is revoked. The responder is found
by a name server that frontd.conf names."""
import os

from lib.names import NameServer
from lib.responder import Responder, Stapling
from lib.stack import equal, until

# How long a response is good: past the first fetch and the second, 10 s later.
SHORT = 15

names = NameServer({"ocsp.test": ["127.0.0.1"]})
stack = Stapling(kind="RSA", words=f'nameservers = {{ "{names.address}" }}')
responder = Responder(stack.authority)
stack.site = f'ocsp-responder = "{responder.url("demo", "ocsp.test")}"'
responder.answers["demo"] = lambda handler, request: handler.give(stack.authority.respond(request, SHORT))
with stack:
    until("a staple for a short time", lambda: stack.staples() == "good")
    equal("asked by", responder.asked[0], ("demo", "GET"))
    responder.answers["demo"] = lambda handler, request: handler.give(b"", 503)
    until("it was asked again", lambda: responder.count("demo") > 1, 30)
    until("the failure is told", lambda: "failed" in stack.results()[-1])
    equal("why", stack.results()[-1], 'failed reason="the responder refused" status=503')
    equal("the old one", stack.staples(), "good")
    until("its end", lambda: stack.staples() == "none", 40)
    responder.answers["demo"] = lambda handler, request: handler.give(stack.authority.respond(request, SHORT))
    until("another try", lambda: stack.staples() == "good", 60)
    stack.authority.say(stack.serial, "R")
    until("it is revoked", lambda: stack.results()[-1] == "revoked", 30)
    until("nothing is stapled", lambda: stack.staples() == "none")
    equal("files of a revoked certificate", os.listdir(stack.path("cache")), [])
