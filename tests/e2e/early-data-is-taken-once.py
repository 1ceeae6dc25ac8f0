#!/usr/bin/env python3
"""Early data reaches the backend once, whoever sends it again: with the same
ticket, or the same bytes, 200 times at once, to all workers. It is off unless a
site says so, and not taken in the first seconds, when nobody knows what was
taken before. A ticket of a site that takes some is no reason for another, or
for the same after a reload, to take any."""
import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time

from lib.ports import free_port
from lib.stack import Stack, equal, make_key, until

EARLY = b"GET / with the first packet\n"
WORKERS = 4
REPLAYS = 200
# The register is older than what a recorded ClientHello can be used for.
WINDOW = 27


class Recorder:
    """A server that keeps what a client sends first, and says nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def first_flight(self):
        client, _ = self.listener.accept()
        with client:
            client.settimeout(2)
            got = b""
            with contextlib.suppress(socket.timeout):
                while more := client.recv(65536):
                    got += more
        return got


def early_of(stack):
    """What the log says of the early data of each session."""
    return re.findall(r"event=session .* early=(\S+) ", stack.log("frontd"))


def session(stack, name):
    path = stack.path(name)

    def tried():
        stack.openssl("-tls1_3", "-alpn", "http/1.1", "-sess_out", path)
        return os.path.exists(path)
    until("a ticket", tried)
    return path


def offer(stack, path, *words):
    return stack.openssl("-tls1_3", "-alpn", "http/1.1", "-sess_in", path,
                         "-early_data", stack.path("early"), *words)


def replay(stack, flight, start, answered):
    """All wait for each other, then send; what is answered is the server's flight."""
    with stack.connect() as sock:
        start.wait()
        sock.sendall(flight)
        answered.append(bool(sock.recv(65536)))


def nameless(stack, port, *words):
    """One connection by a client that names no site, at a listener."""
    text = b"are you there?\n"
    with subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-noservername", "-tls1_3",
                           "-alpn", "http/1.1", *words],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        client.stdin.write(text)
        client.stdin.flush()
        said = b""
        while text not in said and (more := client.stdout.read1(65536)):
            said += more
        client.kill()
        client.communicate()
    return said.decode(errors="replace")


def refused(what, said, resumed=None):
    equal(f"{what}: refused", "Early data was rejected" in said, True)
    equal(f"{what}: is not there", EARLY.decode() in said, False)
    if resumed is not None:
        equal(f"{what}: resumed", "\nReused, " in said, resumed)


def sites_apart(stack, calm):
    """The site calm, default of another listener, takes none."""
    path = stack.path("nameless")
    nameless(stack, stack.port, "-sess_out", path)
    # openssl would offer no early data under another name, but under one where there was none.
    refused("another site", offer(stack, path, "-servername", "calm.test"), resumed=False)
    refused("no name, another default", nameless(stack, calm, "-sess_in", path, "-early_data", stack.path("early")))
    said = nameless(stack, stack.port, "-sess_in", path, "-early_data", stack.path("early"))
    equal("where it was made", "Early data was accepted" in said, True)


def after_a_reload(stack):
    path = session(stack, "fifth")
    with open(stack.path("frontd.conf"), encoding="utf-8") as file:
        text = file.read()
    # Some site takes early data still.
    text = text.replace("early-data = 1000", "").replace("calm.test\" }", "calm.test\" } early-data = 1000")
    stack.write("frontd.conf", text)
    stack.frontd.send_signal(signal.SIGHUP)
    until("the reload", lambda: "event=reload result=done" in stack.log("frontd"), 30)
    refused("after a reload", offer(stack, path), resumed=True)


stack = Stack(processes=WORKERS, site="early-data = 1000")
make_key(stack.dir, "demo", "localhost,DNS:calm.test")
calm = free_port()
stack.words = f"""
    site "calm" {{ names = {{ "calm.test" }} chain = "demo.pem" backend = "{stack.backend.address}"
        alpn = {{ "http/1.1" }} }}
    listen "127.0.0.1:{calm}" {{ default = "calm" }}"""
with stack:
    born = time.monotonic()
    stack.write("early", EARLY.decode())

    said = offer(stack, session(stack, "first"))
    equal("too early", "Early data was rejected" in said, True)
    equal("and the session is resumed all the same", "\nReused, " in said, True)
    time.sleep(max(0, WINDOW - (time.monotonic() - born)))

    path = session(stack, "second")
    said = offer(stack, path)
    equal(f"accepted:\n{said}", "Early data was accepted" in said, True)
    equal("the backend has it, before all else", said.index(EARLY.decode()) < said.index("are you there?"),
          True)
    said = offer(stack, path)
    equal("the ticket once more", "Early data was rejected" in said, True)
    equal("what was not taken is not there", EARLY.decode() in said, False)

    # A flight that the server has not seen yet, from 200 at once.
    path, recorder = session(stack, "third"), Recorder()
    with subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{recorder.port}", "-servername", "localhost",
             "-tls1_3", "-alpn", "http/1.1", "-sess_in", path, "-early_data", stack.path("early")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        flight = recorder.first_flight()
        client.kill()
    before, answered = early_of(stack), []
    start = threading.Barrier(REPLAYS)
    threads = [threading.Thread(target=replay, args=(stack, flight, start, answered)) for _ in range(REPLAYS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    equal("answers", answered, [True] * REPLAYS)
    until("all have ended", lambda: len(early_of(stack)) == len(before) + REPLAYS, 30)
    told = early_of(stack)[len(before):]
    equal("taken", told.count("taken"), 1)
    equal("refused", told.count("refused"), REPLAYS - 1)
    workers = set(re.findall(r"event=session pid=(\d+)", stack.log("frontd"))
                  or re.findall(r"pid=(\d+) event=session", stack.log("frontd")))
    equal("every worker had some", len(workers) == WORKERS, True)
    # The one whose data was taken never showed that it was there.
    equal("the backend saw none of it", stack.openssl("-tls1_3").count(EARLY.decode()), 0)
    sites_apart(stack, calm)
    after_a_reload(stack)

with Stack() as stack:
    stack.write("early", EARLY.decode())
    path = session(stack, "first")
    with open(path, encoding="ascii") as file:
        text = subprocess.run(["openssl", "sess_id", "-noout", "-text"], stdin=file, check=True,
                              capture_output=True, text=True).stdout
    equal("a ticket for early data", "Max Early Data: 0" in text, True)
