#!/usr/bin/env python3
"""What a responder answers that is no good response for the certificate is told
in the log and not served: nothing, refusals, garbage, too much, too slow,
another certificate's, an old one, one that somebody else has signed. A reload
tries each again, and has it when the responder has come to reason; and that of a
certificate that has been renewed. frontd-fetch
and frontd-prove are started again when they have died."""
import contextlib
import os
import signal
import time

from lib.names import NameServer
from lib.responder import Authority, Responder, Stapling
from lib.stack import equal, until

LONGEST = 32000  # that is stapled

names = NameServer({"ocsp.test": ["127.0.0.1"]})
stack = Stapling(processes=1)
authority = stack.authority
responder = Responder(authority)
os.mkdir(stack.path("impostor"))
impostor = Authority(stack.path("impostor"))  # of the same name
with open(stack.path("index-of-others"), "w", encoding="ascii") as file:
    file.write("V\t301231235959Z\t\t01\tunknown\t/CN=x\n")
serials = {}


def other(handler, request):
    """What is right for the site demo."""
    number = lambda serial: b"\x02\x02" + serial.to_bytes(2, "big")
    handler.give(authority.respond(request.replace(number(serials["other"]), number(stack.serial))))


def drip(handler, _):
    """A byte now and then, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            time.sleep(0.2)
            handler.wfile.write(b"0")
            handler.wfile.flush()


NO_DER = "no OCSP response in DER"
REFUSED = "the responder refused"
NOTHING = "the responder answered with no response"
ANSWERS = {
    "other": (other, "is of another certificate"),
    "unknown": (lambda h, r: h.give(authority.respond(r, index=stack.path("index-of-others"))),
                "says that the certificate is unknown"),
    "forged": (lambda h, r: h.give(authority.respond(r, signer=impostor)),
               "is signed neither by the certificate's issuer nor for it"),
    "old": (lambda h, r: h.give(authority.respond(r, -60)), "expired"),
    "later": (lambda h, r: h.give(b"\x30\x03\x0a\x01\x03"), "the responder gave no answer"),  # RFC 6960 4.2.1
    "page": (lambda h, r: h.give(b"<html>" * 100), NO_DER),
    "cut": (lambda h, r: h.give(authority.respond(r)[:-1]), NO_DER),
    "long": (lambda h, r: h.give(b"0" * (LONGEST + 1)), "the response is too long"),
    "busy": (lambda h, r: h.give(b"", 503), REFUSED),
    "moved": (lambda h, r: h.give(b"", 302, Location=responder.url("demo")), REFUSED),
    "empty": (lambda h, r: h.give(b""), NOTHING),
    "short": (lambda h, r: h.give(b"0", length=1000), NOTHING),
    "slow": (drip, "the responder took too long"),
}
URLS = {word: responder.url(word) for word in ANSWERS}
URLS["gone"] = "http://127.0.0.1:1/"
URLS["nowhere"] = "http://nowhere.test/"
for word, url in URLS.items():
    serials[word] = authority.issue(word, f"{word}.test", stack.key)
    stack.words += f"""
        site "{word}" {{
            chain = "{word}.pem" alpn = {{ "http/1.1" }} backend = "127.0.0.1:1" ocsp-responder = "{url}"
        }}"""
stack.words += f' nameservers = {{ "{names.address}" }}'
stack.site = f'ocsp-responder = "{responder.url("demo", "ocsp.test")}?"'
responder.answers = {word: answer for word, (answer, _) in ANSWERS.items()}
wanted = {word: why for word, (_, why) in ANSWERS.items()}
wanted["gone"] = "the responder cannot be reached"
wanted["nowhere"] = "the responder's name has no address"


def staples(word):
    return stack.handshake(f"{word}.test")


with stack:
    for word, why in wanted.items():
        until(f"a result of {word}", lambda: stack.results(word) != [], 30)
        equal(word, stack.results(word)[0].split('"')[1::2], [why])
        equal(f"{word} staples", staples(word), "none")
    equal("demo", stack.results(), ["fetched"])
    equal("demo was asked by", responder.asked[[word for word, _ in responder.asked].index("demo")][1], "POST")
    equal("demo staples", stack.staples(), "good")
    equal("files", len(os.listdir(stack.path("cache"))), 1)

    responder.answers.clear()
    for name in ("frontd-fetch", "frontd-prove"):
        pid, = stack.pids(name)
        os.kill(pid, signal.SIGKILL)
        until(f"another {name}", lambda: any(other != pid for other in stack.pids(name)))
    # A new certificate is another one, of which there is nothing yet.
    stack.issue(None)
    stack.frontd.send_signal(signal.SIGHUP)
    until("demo is fetched again", lambda: stack.results() == ["fetched"] * 2, 30)
    equal("demo staples", stack.staples(), "good")
    for word in ANSWERS:
        until(f"{word} is fetched", lambda: stack.results(word)[-1] == "fetched", 30)
        equal(f"{word} staples", staples(word), "good")
