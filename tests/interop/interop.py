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
import random
import re
import select
import shlex
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the source tree stays clean

import peers
import rows

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", "build")
SECONDS = 10  # for one step of one cell; a sanitizer makes them slow
AT_ONCE = 2
FAILURES_MAX = 20  # after which no more cells are begun
BIG = 4000000
GET = b"GET / HTTP/1.0\r\n\r\n"
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

    def status(self):
        """Of one that ends by itself."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return "no end"

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


def run(command, environment=None, stdin=os.devnull):
    """Runs a program to its end: its status, its output and what it said beside."""
    with open(stdin, "rb") as file:
        try:
            ran = subprocess.run(command, stdin=file, capture_output=True, timeout=SECONDS, check=False,
                                 env={**os.environ, **(environment or {})})
        except subprocess.TimeoutExpired as late:
            return "no end", late.stdout or b"", (late.stderr or b"").decode(errors="replace")
    return ran.returncode, ran.stdout, ran.stderr.decode(errors="replace")


class Conversation:
    """A client whose standard input ends only when all answers have come: some
    leave at its end, whatever is still to be read."""

    def __init__(self, command, environment):
        self.beside = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.beside, env={**os.environ, **environment})
        self.output, self.end = b"", time.monotonic() + SECONDS

    def say(self, text, answered):
        """Whether answered() held after that was said. Of what is said 64 kB fit in."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(text)
            self.process.stdin.flush()
        while not answered():
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, self.end - time.monotonic()))
            got = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not got:
                return False
            self.output += got
        return True

    def heard(self):
        """What it said beside its output up to now."""
        self.beside.seek(0)
        return self.beside.read()

    def close(self):
        try:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.stdin = None
            rest, _ = self.process.communicate(timeout=max(0.1, self.end - time.monotonic()))
            self.output += rest
            status = self.process.returncode
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = "no end"
        heard = self.heard().decode(errors="replace")
        self.beside.close()
        self.process.stdout.close()
        return status, self.output, heard


def exchange(command, environment, data, length):
    """A client that says the data and hears so much."""
    client = Conversation(command, environment)
    client.say(data, lambda: len(client.output) >= length)
    return client.close()


def talk(command, environment, words):
    """A client that says each word when the one before has come back, or of
    WORD=ANSWER when the client has said the answer. Q is for the client: the end."""
    client, seen = Conversation(command, environment), 0
    for word in words:
        word, _, answer = word.partition("=")
        if answer:
            heard = len(client.heard())
            client.say(word.encode() + b"\n", lambda: True)
            while answer.encode() not in client.heard()[heard:] and time.monotonic() < client.end:
                time.sleep(0.01)
        elif word == "Q":
            client.say(b"Q\n", lambda: True)
        elif client.say(word.encode() + b"\n", lambda word=word: word.encode() in client.output[seen:]):
            seen = client.output.find(word.encode(), seen)
        else:
            break
    return client.close()


def agrees(cell, lines):
    """That our side describes the cell."""
    version = cell.version if cell.version == "SSLv3" else "TLSv" + cell.version
    wanted = [f"version {version}", f"suite {cell.suite.called}"]
    if cell.group:
        wanted.append(f"group {cell.group}")
    if cell.version != "SSLv3" and not cell.feature:
        wanted.append("sni localhost")
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
    if cell.feature and cell.feature.policy:
        return cell.feature.policy
    if cell.version == "SSLv3":
        return "test_all_tls12"  # SSLv3 is not in a list of supported versions
    if cell.version != "1.3" or not cell.group:
        return "test_all"
    return POLICIES[cell.group][cell.retry]


def as_our_client(cells):
    """The cells that our client can ask for."""
    for cell in cells:
        yield cell if cell.feature or policy_of(cell) else cell._replace(retry=True)


def also_said(feature, ours, theirs):
    """That what a side said has what the feature's row names, or with a "not"
    before it has it not."""
    for who, patterns, lines in ("we", feature.we, ours), ("the peer", feature.peer, theirs):
        for pattern in patterns:
            negated, pattern = pattern.startswith("not "), pattern.removeprefix("not ")
            if bool(re.search(pattern, "\n".join(lines), re.M)) == negated:
                raise Failed(f"{who} said {pattern!r}" if negated else f"{who} did not say {pattern!r}")


def big(cell):
    """Whether many records go from the server to the client."""
    return cell.feature is not None and cell.feature.big


def equal(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what} gave {len(got)} bytes, not the {len(wanted)} expected")


class Matrix:
    """All cells with one peer, first as our client, then as our server."""

    def __init__(self, word, folder, only):
        self.word, self.folder, self.only = word, folder, only
        self.peer = peers.PEERS[word](f"{folder}/certs")
        self.passed, self.failed, self.unspoken = 0, 0, []
        self.lock = threading.Lock()
        self.big = random.Random(0).randbytes(BIG)

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

    def options(self, words):
        """Of a row, with the directory of the certificates in its place."""
        return [word.replace("{certs}", self.path("certs")) for word in words]

    def its(self, command, feature):
        """The peer's command with what the row adds, and without its "!word"s."""
        if not feature:
            return command
        words = self.options(feature.its)
        command = [word for word in command if "!" + word not in words]
        return self.peer.with_options(command, [word for word in words if word[0] != "!"])

    # ---- the peer as the client of our server ----

    def our_server(self, cell):
        command = [f"{BUILD}/tests/tlsserver", "--cert", self.path(f"certs/{cell.certificate}.pem"),
                   "--key", self.path(f"certs/{cell.certificate}.key"), "--dhparams", self.path("certs/dh.pem"),
                   "--policy", cell.feature and cell.feature.policy or "test_all"]
        if self.peer.gets or big(cell):
            command += ["--http", "--body", self.path("big" if big(cell) else "data")]
        elif self.peer.leaves_last and not (cell.feature and cell.feature.talk):
            command += ["--bytes", str(len(peers.DATA))]
        return command + self.options(cell.feature.ours if cell.feature else ())

    def client_cells(self, cells):
        with Server([*self.our_server(cells[0]), "--connections", str(len(cells))]) as server:
            port = server.take(r"^port (\d+)$")[1]
            for cell in cells:
                if self.given_up():
                    return
                self.client_cell(cell, server, port)
            status = server.status()
        if status != 0:
            names = ", ".join(map(rows.name_of, cells))
            self.result(f"{self.peer.client_name}: {rows.name_of(cells[0])}",
                        f"our server ended with {status}, after {names}", [[shlex.join(server.command)], server.lines])

    def client_cell(self, cell, server, port):
        feature = cell.feature
        command = self.its(self.peer.client(cell, port), feature)
        if feature and feature.talk:
            status, output, beside = talk(command, self.peer.environment, feature.talk)
        elif big(cell):
            status, output, beside = exchange(command, self.peer.environment, GET, BIG)
        elif self.peer.reads_file or self.peer.gets:
            status, output, beside = run(command, self.peer.environment, self.path("data"))
        else:
            status, output, beside = exchange(command, self.peer.environment, peers.DATA, len(peers.DATA))
        theirs = output.decode(errors="replace") + beside
        why = ""
        try:
            server.take(r"^connection \d+$")
            server.lines = []
            server.take(r"^(closed|failed .*)$")
            if feature and feature.refused:
                if status == 0 or server.lines[-1] == "closed":
                    raise Failed("it was not refused")
            else:
                agrees(cell, server.lines)
                if server.lines[-1] != "closed":
                    raise Failed("our server had no orderly end")
                if status != 0:
                    raise Failed(f"the peer's client ended with {status}")
                if big(cell):
                    equal("our server", output.partition(b"\r\n\r\n")[2], self.big)
                elif feature and feature.wordy:
                    if peers.DATA not in output:
                        raise Failed("our server did not give the data")
                elif not feature or not feature.talk:
                    equal("our server", output, peers.DATA)
                if said := self.peer.said(cell, theirs):
                    raise Failed(said)
            if feature:
                also_said(feature, server.lines, theirs.splitlines())
        except Failed as failed:
            why = str(failed)
        self.result(f"{self.peer.client_name}: {rows.name_of(cell)}", why,
                    [[shlex.join(server.command), shlex.join(command)], theirs.splitlines(), server.lines])

    # ---- the peer as the server of our client ----

    def server_cells(self, cells):
        for cell in cells:
            if not self.given_up():
                self.server_cell(cell)

    def our_client(self, cell, port, saved):
        command = [f"{BUILD}/tests/tlsclient", "--port", port, "--ca", self.path("certs/ca.pem"),
                   "--policy", policy_of(cell), "--save", saved]
        if big(cell):
            command += ["--send-file", self.path("big-request")]
        else:
            command += ["--send-file", self.path("request"), "--bytes", str(len(self.peer.reply))]
        return command + self.options(cell.feature.ours if cell.feature else ())

    def peer_server(self, cell):
        """The peer's server and its port. A free port may be one no more when the
        server comes to it: three are tried."""
        for attempt in 1, 2, 3:
            command, port = self.peer.server(cell)
            server = Server(self.its(command, cell.feature), self.peer.environment)
            try:
                ready = server.take(self.peer.ready)
                return server, port or ready[1]
            except Failed as failed:
                server.end()
                if attempt == 3 or not port:
                    raise Failed(f"{failed}, but: {' '.join(server.lines[-3:])}") from None
        return None

    def server_cell(self, cell):
        saved, feature = self.path(f"saved-{threading.get_ident()}"), cell.feature
        why, logs = "", [[]]
        try:
            server, port = self.peer_server(cell)
            with server:
                command = self.our_client(cell, port, saved)
                logs[:] = [[shlex.join(server.command), shlex.join(command)], server.lines]
                status, output, beside = run(command)
                lines = output.decode().splitlines()
                logs += [lines, beside.splitlines()]
                if feature and feature.refused:
                    if status == 0:
                        raise Failed("it was not refused")
                else:
                    agrees(cell, lines)
                    if status != 0 or lines[-1] != "closed":
                        raise Failed(f"our client ended with {status} and \"{lines[-1]}\"")
                    with open(saved, "rb") as file:
                        reply = file.read()
                    if big(cell):
                        equal("the peer's server", reply[-BIG:], self.big)
                    else:
                        equal("the peer's server", reply, self.peer.reply)
                    if self.peer.server_ended:
                        server.take(self.peer.server_ended)
            if not feature or not feature.refused:
                if said := self.peer.said(cell, "\n".join(server.lines)):
                    raise Failed(said)
            if feature:
                also_said(feature, lines, server.lines)
        except Failed as failed:
            why = str(failed)
        self.result(f"{self.peer.server_name}: {rows.name_of(cell)}", why, logs)

    # ---- all of them ----

    def jobs(self, side, cells):
        """Lists of cells that one worker takes, those of one server together."""
        servers = collections.defaultdict(list)
        for cell in cells:
            servers[" ".join(self.our_server(cell))].append(cell)
        for group in servers.values():
            for start in range(0, len(group), CLIENTS_EACH):
                yield side, group[start:start + CLIENTS_EACH]

    def wanted(self, name, cells):
        """The cells to run of those with the peer's program of this name."""
        cells = [cell for cell in cells if not cell.feature or cell.feature.program == name]
        if self.only:
            cells = [cell for cell in cells if f"{name}: {rows.name_of(cell)}" == self.only]
        self.unspoken += [cell for cell in cells if not self.peer.speaks(cell)]
        return [cell for cell in cells if self.peer.speaks(cell)]

    def run(self, cells):
        big_request = self.peer.get(self.path("big"))
        for name, what in (("data", peers.DATA), ("request", self.peer.request),
                           ("big", self.big), ("big-request", big_request)):
            with open(self.path(name), "wb") as file:
                file.write(what)
        jobs = list(self.jobs(self.client_cells, self.wanted(self.peer.client_name, cells)))
        if self.peer.server_name:
            cells = dict.fromkeys(as_our_client(cells))
            jobs += self.jobs(self.server_cells, self.wanted(self.peer.server_name, cells))
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
        matrix = Matrix(words.peer, folder, words.only)
        matrix.run(rows.read(f"{HERE}/rows.txt", words.quick))
    return matrix.report()


if __name__ == "__main__":
    sys.exit(main())
