#!/usr/bin/env python3
"""What strangers do to a server, while one honest client comes again and again:
it is served each time, about as fast as before, and workers do not grow without
bound. Times are told, and judged by who reads them: abuse and client share a
machine here. Strangers come from 127.0.0.2.

abuse.py [ABUSE...]: those; without a word all of them."""
import contextlib
import multiprocessing
import os
import socket
import ssl
import subprocess
import sys
import time

sys.path.insert(0, "tests/e2e")
from lib.stack import Stack, equal, status_of, until

SAMPLES = 150
HALF_OPEN = 10000
STRANGER = ("127.0.0.2", 0)
# What a worker may hold for all of them: a session and its buffers each.
WORKER_KIB_MAX = 400 << 10


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=10, source_address=STRANGER)


def tls(port, **context):
    ctx = ssl.create_default_context()
    ctx.check_hostname, ctx.verify_mode = False, ssl.CERT_NONE
    for word, value in context.items():
        setattr(ctx, word, value)
    return ctx.wrap_socket(connect(port), server_hostname="localhost")


# ---- what strangers do: without end, each in a process of its own ----

def half_open(port):
    """Ten thousand that connect and say nothing, and come again when they are let go."""
    waiting = []
    while True:
        while len(waiting) < HALF_OPEN:
            waiting.append(connect(port))
            if len(waiting) % 50 == 0:
                time.sleep(0.01)
        time.sleep(0.5)
        still = []
        for one in waiting:
            one.setblocking(False)
            try:
                if one.recv(1) == b"":
                    one.close()
                    continue
            except BlockingIOError:
                pass
            except OSError:
                one.close()
                continue
            still.append(one)
        waiting = still


def slow_loris(port):
    """A ClientHello, a byte at a time, two hundred times at once."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)
    clients = []
    while True:
        clients = [(one, sent) for one, sent in clients if one.fileno() >= 0]
        while len(clients) < 200:
            clients.append((connect(port), 0))
        for at, (one, sent) in enumerate(clients):
            try:
                one.send(hello[sent % len(hello):][:1])
                clients[at] = (one, sent + 1)
            except OSError:
                one.close()
        time.sleep(0.2)


def tiny_records(port):
    """A byte in each record."""
    while True:
        with contextlib.suppress(OSError), tls(port) as one:
            for _ in range(2000):
                one.send(b"x")
                one.recv(1)


def never_reads(port):
    """Sends as much as is taken and reads nothing of what comes back."""
    clients = []
    while True:
        while len(clients) < 50:
            clients.append(tls(port))
            clients[-1].settimeout(0.01)
        for one in list(clients):
            try:
                one.send(bytes(16384))
            except (TimeoutError, ssl.SSLWantWriteError):
                pass
            except OSError:
                one.close()
                clients.remove(one)
        time.sleep(0.05)


def openssl(port, words, line):
    """s_client with the same letter again and again, until it is let go."""
    while True:
        # Its end breaks the pipe, perhaps while that is closed.
        with contextlib.suppress(BrokenPipeError), subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-bind", "127.0.0.2:0", *words],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
            for _ in range(1000):
                client.stdin.write(line)
                client.stdin.flush()
                time.sleep(0.001)
            client.kill()


def key_updates(port):
    """Asked for again and again."""
    openssl(port, ["-tls1_3"], b"K\n")


def renegotiations(port):
    openssl(port, ["-tls1_2"], b"R\n")


def garbage(port):
    """Bytes at random, and the words of other protocols."""
    texts = [b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20000, b"EHLO me\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"]
    while True:
        for text in (*texts, os.urandom(1000), b"\x16\x03\x01\x40\x00" + os.urandom(0x4000)):
            with contextlib.suppress(OSError), connect(port) as one:
                one.sendall(text)
            time.sleep(0.002)


def port_scans(port):
    """Comes and goes."""
    while True:
        with contextlib.suppress(OSError):
            connect(port).close()
        time.sleep(0.001)


ABUSES = {f.__name__.replace("_", "-"): f for f in
          (half_open, slow_loris, tiny_records, never_reads, key_updates, renegotiations, garbage, port_scans)}


# ---- the honest one ----

def times(stack):
    """(median, p99) of requests in milliseconds; how many of them failed"""
    took, failed = [], 0
    for _ in range(SAMPLES):
        begin = time.monotonic()
        try:
            stack.served()
        except OSError:
            failed += 1
        took.append((time.monotonic() - begin) * 1000)
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100], failed


def strange(abuse, port):
    os.nice(10)
    abuse(port)


def suffer(stack, name, before):
    process = multiprocessing.Process(target=strange, args=(ABUSES[name], stack.port), daemon=True)
    process.start()
    time.sleep(8 if name == "half-open" else 2)
    median, p99, failed = times(stack)
    grown = max(int(status_of(pid)["VmRSS"].split()[0]) for pid in stack.pids("frontd-worker"))
    alive = process.is_alive()
    process.kill()
    process.join()
    print(f"{name}: median {median:.1f} ms, p99 {p99:.1f} ms ({p99 / before:.1f} times), {failed} failed,"
          f" largest worker {grown} KiB", flush=True)
    wrong = [f"{name}: {failed} requests failed"] if failed else []
    if not alive:
        wrong.append(f"{name}: the stranger has given up: nothing was shown")
    if grown > WORKER_KIB_MAX:
        wrong.append(f"{name}: a worker has {grown} KiB")
    until("frontd serves after it", stack.tried, 30)
    return wrong, p99 / before


def main():
    names = sys.argv[1:] or list(ABUSES)
    for name in names:
        if name not in ABUSES:
            sys.exit(f"abuse: {name}: one of {', '.join(ABUSES)}")
    wrong, worst = [], 0
    with Stack() as stack:
        workers = stack.pids("frontd-worker")
        median, before, failed = times(stack)
        equal("requests that fail in peace", failed, 0)
        print(f"in peace: median {median:.1f} ms, p99 {before:.1f} ms")
        for name in names:
            bad, ratio = suffer(stack, name, before)
            wrong += bad
            worst = max(worst, ratio)
        equal("workers that lived through it", stack.pids("frontd-worker"), workers)
    if wrong:
        print("\n".join(wrong))
    print(f"abuse: {len(names)} kinds, p99 at most {worst:.1f} times, {len(wrong)} things wrong")
    sys.exit(1 if wrong else 0)


main()
