#!/usr/bin/env python3
"""One line for each connection, whatever became of it, with what it was and how
long it took; all of both daemons' lines as JSON if so said; none where the log
is off."""
import json
import os
import re
import signal

from lib.stack import Stack, equal, until

KEYS = ["time", "level", "process", "pid", "event", "start", "handshake_ms", "total_ms", "key_ms",
        "peer", "sni", "site", "version", "cipher", "group", "resumed", "policy", "client",
        "fingerprint", "early", "in", "out", "end"]
NUMBERS = {"pid", "handshake_ms", "total_ms", "key_ms", "in", "out"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def as_text(line):
    return {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|\S*)', line)}


def sessions(stack, take):
    lines = [take(line) for line in stack.log("frontd").splitlines() if line]
    return [line for line in lines if line["event"] == "session"]


def resume(stack, path):
    """Twice the same client, the second time by its ticket."""
    def tried():
        stack.openssl("-sess_out", path)
        return os.path.exists(path)
    until("a ticket", tried)
    equal("the second comes again", "\nReused, " in stack.openssl("-sess_in", path), True)


def check(stack, take):
    before = len(sessions(stack, take))
    stack.served()
    with stack.connect() as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
    stack.connect().close()
    resume(stack, stack.path("session"))
    until("the lines", lambda: len(sessions(stack, take)) >= before + 5 and any(
        line["resumed"] == "yes" for line in sessions(stack, take)) and sum(
            line["version"] == "-" for line in sessions(stack, take)) >= 2)
    lines = sessions(stack, take)[before:]
    for line in lines:
        equal("the keys", list(line), KEYS)
        equal("times are times", [bool(STAMP.fullmatch(line[key])) for key in ("time", "start")], [True] * 2)
        equal("it began before it ended", line["start"] <= line["time"], True)
        handshake, total, key = (float(line[word]) for word in ("handshake_ms", "total_ms", "key_ms"))
        equal(f"the times are in order: {line}", 0 <= key <= handshake <= total, True)
        equal("the client", line["peer"], "127.0.0.1")
        equal("the site", line["site"], "demo")
    good = [line for line in lines if line["version"] != "-"]
    full = [line for line in good if line["resumed"] == "no"]
    again = [line for line in good if line["resumed"] == "yes"]
    equal("what was said of one", [full[0][key] for key in ("sni", "version", "policy", "early")],
          ["localhost", "TLSv1.3", "default", "-"])
    equal("its suite and group", [full[0]["cipher"][:8], full[0]["group"] in ("-", "")], ["TLS_AES_", False])
    equal("keyd was waited for", float(full[0]["key_ms"]) > 0, True)
    equal("and not by one that resumes", [float(line["key_ms"]) for line in again], [0.0])
    equal("bytes", int(full[0]["in"]) > 300 and int(full[0]["out"]) > 800, True)
    broken = [line for line in lines if line["end"].startswith("handshake: ")]
    equal("two that never were", len(broken), 2)
    for line in broken:
        equal("nothing was agreed on", [line[key] for key in ("sni", "version", "group", "resumed")],
              ["-", "-", "-", "no"])
    return lines


def ticketed(**words):
    stack = Stack(**words)
    with open(stack.path("keyd.conf"), "a", encoding="utf-8") as file:
        file.write("tickets { rotate = 24h lifetime = 24h }\n")
    return stack


with ticketed() as stack:
    check(stack, as_text)

with ticketed(words="log-format = json", keyd_words="log-format = json") as stack:
    for line in check(stack, json.loads):
        for key, value in line.items():
            equal(f"{key} is a number", not isinstance(value, str), key in NUMBERS)
    # Whatever else is said is JSON as well, by every process.
    os.kill(stack.pids("frontd-worker")[0], signal.SIGKILL)
    os.kill(stack.pids("keyd-signer")[0], signal.SIGKILL)
    until("their deaths", lambda: stack.events("frontd", "child-died") and stack.events("keyd", "signer-died"))
    until("it goes on", stack.tried)
    said = [json.loads(line) for name in ("frontd", "keyd") for line in stack.log(name).splitlines()]
    equal("who spoke", {"frontd", "frontd-worker", "keyd"} - {line["process"] for line in said}, set())
    died = [line for line in said if line["event"] == "signer-died"]
    equal("by which signal", died[0]["signal"], 9)

with Stack(listen="access-log = off") as stack:
    stack.served()
    stack.connect().close()
    # Of what is logged after them the lines would be before.
    os.kill(stack.pids("frontd-worker")[0], signal.SIGKILL)
    until("its death", lambda: stack.events("frontd", "child-died"))
    equal("lines of connections", stack.events("frontd", "session"), 0)
