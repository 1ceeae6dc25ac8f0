#!/usr/bin/env python3
"""Runs the cells of rows.txt with one peer: handshake, the version and suite that
each side says it has, data both ways over several records, close_notify.

    BUILD=build tests/interop/interop.py PEER [--quick] [CELL]

One server stands for many clients. A failed cell is printed with what both sides
said and the command that runs it alone; a cell that the peer's own list of what
it speaks does not have is counted and listed.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import os
import queue
import re
import shlex
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True  # the source tree stays clean

import peers  # noqa: E402
import rows

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", "build")
SECONDS = 10  # for one step of one cell; a sanitizer makes them slow
AT_ONCE = 2
FAILURES_MAX = 20  # after which no more cells are begun
LINE_MAX = 300  # of a log, when it is shown
CLIENTS_EACH = 12  # cells of one server, so that there is work for all


# Our client sends a share for the first group of its policy: the policies that get
# to a group at once and over a HelloRetryRequest. None begins with the larger ones.
OVER_X25519, OVER_P256 = "test_all", "default_tls13"
POLICIES = {"x25519": (OVER_X25519, OVER_P256), "secp256r1": (OVER_P256, OVER_X25519),
            "secp384r1": (None, OVER_X25519), "secp521r1": (None, OVER_X25519)}


class Failed(Exception):
    """Why a cell failed, for the one who reads the output."""


class Server:
    """A server in the background, and the lines that it prints."""

    def __init__(self, command, environment=None):
        self.command, self.lines, self.ended = command, [], False
        self.queue = queue.SimpleQueue()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})})
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.queue.put(line.decode(errors="replace").rstrip("\r\n"))
        self.queue.put(None)

    def take(self, pattern):
        """Takes lines up to one that matches, which is returned as a match."""
        while True:
            try:
                line = self.next()
            except queue.Empty:
                raise Failed(f"{self.command[0]} did not print {pattern!r}") from None
            if line is None:
                raise Failed(f"{self.command[0]} ended before it printed {pattern!r}")
            if match := re.search(pattern, line):
                return match

    def next(self):
        """The next line; None, and again None, after the last one."""
        line = None if self.ended else self.queue.get(timeout=SECONDS)
        if line is None:
            self.ended = True
        else:
            self.lines.append(line)
        return line

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(queue.Empty):
            while self.next() is not None:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def client_of(command, environment=None, stdin=os.devnull):
    """Runs a client to its end: its status, its output and what it said beside.
    Standard input is a file, since tstclnt waits for ever at the end of a pipe."""
    with open(stdin, "rb") as file:
        try:
            ran = subprocess.run(command, stdin=file, capture_output=True, timeout=SECONDS, check=False,
                                 env={**os.environ, **(environment or {})})
        except subprocess.TimeoutExpired as late:
            return "no end", late.stdout or b"", (late.stderr or b"").decode(errors="replace")
    return ran.returncode, ran.stdout, ran.stderr.decode(errors="replace")


def agrees(cell, lines):
    """That our side describes the cell."""
    version = cell.version if cell.version == "SSLv3" else "TLSv" + cell.version
    wanted = [f"version {version}", f"suite {cell.suite.called}"]
    if cell.group:
        wanted.append(f"group {cell.group}")
    if cell.version == "1.3":
        wanted.append("scheme " + rows.SCHEMES13[cell.certificate])
    for line in wanted:
        if line not in lines:
            raise Failed(f'we did not say "{line}"')
    retried = any(line.startswith("handshake ") and "HELLO_RETRY" in line for line in lines)
    if cell.group and retried != cell.retry:
        raise Failed("there was a HelloRetryRequest" if retried else "there was no HelloRetryRequest")


def policy_of(cell):
    """That under which our client asks for the cell."""
    if cell.version == "SSLv3":
        return "test_all_tls12"  # SSLv3 is not in a list of supported versions
    if cell.version != "1.3" or not cell.group:
        return "test_all"
    return POLICIES[cell.group][cell.retry]


def as_our_client(cells):
    """The cells that our client can ask for."""
    for cell in cells:
        yield cell if policy_of(cell) else cell._replace(retry=True)


def equal(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what} gave {len(got)} bytes, not the {len(wanted)} expected")


class Run:
    """All cells with one peer, first as our client, then as our server."""

    def __init__(self, word, folder, only):
        self.word, self.folder, self.only = word, folder, only
        self.peer = peers.PEERS[word](f"{folder}/certs")
        self.passed, self.failed, self.unspoken = 0, 0, []
        self.lock = threading.Lock()

    def path(self, name):
        return os.path.join(self.folder, name)

    def given_up(self):
        return self.failed >= FAILURES_MAX

    def result(self, name, why, logs):
        with self.lock:
            if not why:
                self.passed += 1
                print("ok     ", name, flush=True)
                return
            self.failed += 1
            print(f"FAILED  {name}: {why}")
            print(f"        alone: BUILD={BUILD} {sys.argv[0]} {self.word} {shlex.quote(name)}")
            for log in logs:
                for line in log[-15:]:
                    print("       ", line if len(line) < LINE_MAX or log is logs[0] else line[:LINE_MAX] + "...")
            sys.stdout.flush()

    # ---- the peer as the client of our server ----

    def client_cells(self, cells):
        first = cells[0]
        command = [f"{BUILD}/tests/tlsserver", "--policy", "test_all", "--bytes", str(len(peers.DATA)),
                   "--cert", self.path(f"certs/{first.certificate}.pem"),
                   "--key", self.path(f"certs/{first.certificate}.key"),
                   "--dhparams", self.path("certs/dh.pem")]
        with Server(command) as server:
            port = server.take(r"^port (\d+)$")[1]
            for cell in cells:
                if not self.given_up():
                    self.client_cell(cell, server, port)

    def client_cell(self, cell, server, port):
        command = self.peer.client(cell, port)
        status, output, beside = client_of(command, self.peer.environment, self.path("data"))
        why = ""
        try:
            server.take(r"^connection \d+$")
            server.lines = []
            server.take(r"^(closed|failed .*)$")
            agrees(cell, server.lines)
            if server.lines[-1] != "closed":
                raise Failed("our server had no orderly end")
            if status != 0:
                raise Failed(f"the peer's client ended with {status}")
            equal("our server's echo", output, peers.DATA)
            if said := self.peer.said(cell, output.decode(errors="replace") + beside):
                raise Failed(said)
        except Failed as failed:
            why = str(failed)
        self.result(f"{self.peer.client_name} {rows.name_of(cell)}", why,
                    [[shlex.join(command)], beside.splitlines(), server.lines])

    # ---- the peer as the server of our client ----

    def server_cells(self, cells):
        for cell in cells:
            if not self.given_up():
                self.server_cell(cell)

    def server_cell(self, cell):
        saved = self.path(f"saved-{threading.get_ident()}")
        policy = policy_of(cell)
        peer_command, port = self.peer.server(cell)
        why, logs = "", [[shlex.join(peer_command)]]
        try:
            with Server(peer_command, self.peer.environment) as server:
                logs.append(server.lines)
                ready = server.take(self.peer.ready)
                command = [f"{BUILD}/tests/tlsclient", "--port", port or ready[1], "--ca", self.path("certs/ca.pem"),
                           "--policy", policy, "--send-file", self.path("request"),
                           "--save", saved, "--bytes", str(len(self.peer.reply))]
                status, output, beside = client_of(command)
                lines = output.decode().splitlines()
                logs += [[shlex.join(command)], lines, beside.splitlines()]
                agrees(cell, lines)
                if status != 0 or lines[-1] != "closed":
                    raise Failed(f"our client ended with {status} and \"{lines[-1]}\"")
                with open(saved, "rb") as file:
                    equal("the peer's answer", file.read(), self.peer.reply)
                if self.peer.server_ended:
                    server.take(self.peer.server_ended)
            if said := self.peer.said(cell, "\n".join(server.lines)):
                raise Failed(said)
        except Failed as failed:
            why = str(failed)
        self.result(f"{self.peer.server_name} {rows.name_of(cell)}", why, logs)

    # ---- all of them ----

    def jobs(self, side, cells):
        """Lists of cells that one worker takes, those of one server together."""
        certificates = collections.defaultdict(list)
        for cell in cells:
            certificates[cell.certificate].append(cell)
        for group in certificates.values():
            for start in range(0, len(group), CLIENTS_EACH):
                yield side, group[start:start + CLIENTS_EACH]

    def wanted(self, name, cells):
        """The cells to run of those with the peer's program of this name."""
        if self.only:
            cells = [cell for cell in cells if f"{name} {rows.name_of(cell)}" == self.only]
        self.unspoken += [cell for cell in cells if not self.peer.speaks(cell)]
        return [cell for cell in cells if self.peer.speaks(cell)]

    def run(self, cells):
        for name, what in ("data", peers.DATA), ("request", self.peer.request):
            with open(self.path(name), "wb") as file:
                file.write(what)
        jobs = [*self.jobs(self.client_cells, self.wanted(self.peer.client_name, cells)),
                *self.jobs(self.server_cells, self.wanted(self.peer.server_name, dict.fromkeys(as_our_client(cells))))]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for future in [pool.submit(*job) for job in jobs]:
                future.result()

    def report(self):
        """Prints the totals; the exit status."""
        if self.given_up():
            print(f"given up after {self.failed} failures: cells are missing")
        lists = collections.defaultdict(dict)
        for cell in self.unspoken:
            lists[cell.version][cell.suite.name] = None
        for version, names in lists.items():
            print(f"not spoken by {self.word} in {version}: {' '.join(names)}")
        print(f"interop {self.word}: {self.passed} cells passed, {self.failed} failed, "
              f"{len(self.unspoken)} not spoken by the peer")
        return 0 if self.passed and not self.failed else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=peers.PEERS)
    parser.add_argument("--quick", action="store_true", help="a short form of it, for make check")
    parser.add_argument("only", nargs="?", metavar="CELL")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interop-") as folder:
        subprocess.run(["sh", f"{HERE}/certs.sh", f"{folder}/certs"], check=True)
        run = Run(words.peer, folder, words.only)
        run.run(rows.read(f"{HERE}/rows.txt", words.quick))
    return run.report()


if __name__ == "__main__":
    sys.exit(main())
