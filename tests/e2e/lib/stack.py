"""A whole Sallyport for one end-to-end test: keys, keyd, frontd, a backend.

Runs from the repository root with $BUILD set. Everything is made in a directory
of its own and ends with the test; a test that fails prints the daemons' logs.
"""
import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from lib.ports import free_port

BUILD = os.path.abspath(os.environ["BUILD"])


def until(what, true, seconds=10):
    """Waits until true() holds; fails with what was waited for."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def needs_root(why):
    """Without root the test shows nothing, and check.sh says so."""
    if os.geteuid() != 0:
        print(why)
        sys.exit(77)


def status_of(pid):
    """/proc/PID/status as a dict; empty when there is no such process."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return {key: value.strip() for key, _, value in
                    (line.partition(":") for line in file)}
    except (FileNotFoundError, ProcessLookupError):
        return {}


def children_of(pid):
    """The pids of all processes that descend from pid."""
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        parent = status_of(entry).get("PPid")
        if parent is not None:
            parents.setdefault(int(parent), []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        todo += (more := parents.get(todo.pop(), []))
        found += more
    return found


def alive(pid):
    return status_of(pid).get("State", "Z")[0] != "Z"


def name_of(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return os.path.basename(file.read().split(b"\0")[0].decode())
    return ""


def make_key(directory, name, host="localhost", kind="EC"):
    """NAME-key.pem (mode 0600) and NAME.pem, a self-signed certificate."""
    option = {"EC": ["-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": ["-pkeyopt", "rsa_keygen_bits:2048"],
              "ED25519": []}[kind]
    key, chain = f"{directory}/{name}-key.pem", f"{directory}/{name}.pem"
    run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True)
    run("genpkey", "-algorithm", kind, *option, "-out", key)
    os.chmod(key, 0o600)
    run("req", "-x509", "-new", "-key", key, "-days", "30", "-subj", f"/CN={host}",
        "-addext", f"subjectAltName=DNS:{host}", "-out", chain)
    return key, chain


class Backend:
    """A TCP server that gives each connection to serve(socket) in a thread."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.serve = serve
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(client,), daemon=True).start()

    def one(self, client):
        with client, contextlib.suppress(OSError):
            self.serve(client)


def echo(client):
    """Sends back what comes; at its end says so, then ends too."""
    while data := client.recv(65536):
        client.sendall(data)
    client.sendall(b"the end")


class Stack:
    """keyd and frontd before a backend; use as a context manager."""

    before_keyd = []  # words before keyd's own

    def __init__(self, serve=echo, listen="", processes=2, worker="", site="",
                 kind="EC", before=(), operations="sign13, sign12", words="", keyd_words=""):
        self.dir = tempfile.mkdtemp(prefix="sallyport-")
        os.chmod(self.dir, 0o755)
        self.backend = Backend(serve)
        self.listen, self.site, self.processes = listen, site, processes
        self.words = words  # of frontd.conf, outside of all blocks
        self.before = list(before)  # words before frontd's own
        self.worker = f"processes = {processes} {worker}"
        self.keyd = self.frontd = None
        self.key, self.chain = make_key(self.dir, "demo", kind=kind)
        self.write("keyd.conf", f"""
            socket = "keyd.sock"
            {keyd_words}
            signer-group "demo" {{ key "demo" {{ file = "demo-key.pem" operations = {{ {operations} }} }} }}
            client "frontd" {{ uid = "{os.geteuid()}" keys = {{ "demo" }} role = server }}
            """)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def write_frontd(self):
        self.port = free_port()
        self.write("frontd.conf", f"""
            worker {{ {self.worker} }}
            keyd-socket = "keyd.sock"
            {self.words}
            site "demo" {{
                names = {{ "localhost" }} chain = "demo.pem" alpn = {{ "http/1.1" }}
                backend = "{self.backend.address}" {self.site}
            }}
            listen "127.0.0.1:{self.port}" {{ default = "demo" {self.listen} }}
            """)

    def start(self, name):
        log = open(self.path(f"{name}.log"), "ab")
        with log:
            before = self.before if name == "frontd" else self.before_keyd
            return subprocess.Popen([*before, f"{BUILD}/bin/{name}", "-f", self.path(f"{name}.conf")],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=log, cwd=self.dir)

    def start_keyd(self):
        self.keyd = self.start("keyd")

    def start_frontd(self):
        for _ in range(20):
            self.write_frontd()
            self.frontd = self.start("frontd")
            until("frontd starts or ends", lambda: self.frontd.poll() is not None
                  or self.events("frontd", "start") > 0)
            if "Address already in use" not in self.log("frontd"):
                break
            os.unlink(self.path("frontd.log"))
        until("frontd's children are sealed",
              lambda: self.events("frontd", "child") > self.processes)

    def log(self, name):
        with contextlib.suppress(FileNotFoundError):
            with open(self.path(f"{name}.log"), encoding="utf-8") as file:
                return file.read()
        return ""

    def events(self, name, event):
        """How often this was logged, in either format."""
        log = self.log(name)
        return log.count(f"event={event} ") + log.count(f'"event":"{event}"')

    def pids(self, name):
        """Of the running children (or daemons) called name."""
        daemons = [p.pid for p in (self.keyd, self.frontd) if p is not None]
        return [pid for d in daemons for pid in [d, *children_of(d)] if name_of(pid) == name]

    def sessions(self):
        """The ends of sessions, as frontd's workers logged them."""
        return re.findall(r'event=session .*end="([^"]*)"', self.log("frontd"))

    # ---- clients ----

    def connect(self, timeout=15):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def client(self, timeout=15, **context):
        """A TLS connection that verified the chain and the name."""
        ctx = ssl.create_default_context(cafile=self.chain)
        for word, value in context.items():
            setattr(ctx, word, value)
        return ctx.wrap_socket(self.connect(timeout), server_hostname="localhost",
                               suppress_ragged_eofs=False)

    def openssl(self, *words, text=b"are you there?\n"):
        """What openssl s_client says of one connection, there and back.

        None, if there was none; words are its own."""
        with subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername",
                 "localhost", "-CAfile", self.chain, "-verify_return_error", *words],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
            timer = threading.Timer(15, client.kill)
            timer.start()
            with contextlib.suppress(BrokenPipeError):
                client.stdin.write(text)
                client.stdin.flush()
            said = b""
            while text not in said and (more := client.stdout.read1(65536)):
                said += more
            timer.cancel()
            client.kill()
            with contextlib.suppress(BrokenPipeError):
                client.stdin.close()
        return said.decode(errors="replace") if text in said else None

    def served(self, text=b"are you there?"):
        """One connection, there and back."""
        with self.client() as client:
            client.sendall(text)
            got = b""
            while len(got) < len(text):
                got += client.recv(len(text))
            equal("the echo", got, text)

    # ---- life ----

    def __enter__(self):
        try:
            self.start_keyd()
            until("keyd has its signer", lambda: self.events("keyd", "signer") > 0)
            self.start_frontd()
            until("the first handshake", self.tried)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def tried(self):
        with contextlib.suppress(OSError):
            self.served()
            return True

    def __exit__(self, kind, *_):
        before, unstopped = [], []
        for daemon in (self.frontd, self.keyd):
            if daemon is not None:
                before += [daemon.pid, *children_of(daemon.pid)]
                # Which waits for no connection.
                daemon.send_signal(signal.SIGINT)
                try:
                    daemon.wait(30)
                except subprocess.TimeoutExpired:
                    unstopped.append(name_of(daemon.pid))
                    daemon.kill()
                    daemon.wait()
        left = [(pid, name_of(pid)) for pid in before if alive(pid)]
        if kind is not None or unstopped:
            for name in ("keyd", "frontd"):
                print(f"---- {name}.log\n{self.log(name)[-6000:]}", file=sys.stderr)
        shutil.rmtree(self.dir, ignore_errors=True)
        if kind is None:
            equal("daemons that had to be killed", unstopped, [])
            equal("processes that outlive their master", left, [])
