#!/usr/bin/env python3
"""Server CPU: this project and the peers found here, side by side.

handshakes: per TLS 1.3 handshake, full and resumed. Terminators open a backend
connection for each, as this project does; servers that answer themselves have
none, and rows of the two kinds are not to be compared.
transfers: per gigabyte and per small request, through terminators.
library: a server's share of a handshake in memory, no sockets: libtls, libssl.

Same machine, same run, alternating rounds; servers on one core, client and
backend on another. CPU is what the kernel charged to every process of a
server (/proc/PID/task/*/schedstat, in nanoseconds), so nothing hides in a
helper process. It judges nothing: there is no pass or fail on time.
"""
import argparse
import glob
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../e2e"))
from lib.ports import free_port  # noqa: E402

ROUNDS = 5
HANDSHAKES = {"ecdsa": 2000, "rsa": 1000, "resumed": 2000}
AT_A_TIME = 16
POLICY = "20190801"  # the client's: its first and only key share is x25519
SUITE = "TLS_AES_128_GCM_SHA256"
LABEL = {"ecdsa": "ECDSA P-256", "rsa": "RSA-2048", "resumed": "resumed"}
# What transfers are made of: requests, bytes of each answer, the measure, and
# what CPU nanoseconds of one request are divided by for it.
TRANSFERS = {"bulk": (300, 1 << 20, "CPU s/GB", (1 << 20) * 1e9 / 1e9),
             "small": (20000, 100, "CPU us a request", 1000)}
TRANSFER_ROUNDS = 3
GROUPS = 10  # of handshakes in memory, 32 each
TIME_LIMIT = 90  # seconds of rounds; fewer rounds where the machine is slow


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def make_keys(folder):
    """Two self-signed pairs: kind -> (chain, key, both in one file)."""
    pairs = {}
    for kind, new in (("ecdsa", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
                      ("rsa", ["rsa:2048"])):
        chain, key = f"{folder}/{kind}.pem", f"{folder}/{kind}.key"
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", *new, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", key, "-out", chain], check=True, capture_output=True)
        with open(chain, encoding="ascii") as a, open(key, encoding="ascii") as b:
            both = write(f"{folder}/{kind}.both", a.read() + b.read())
        pairs[kind] = (chain, key, both)
    pairs["resumed"] = pairs["ecdsa"]
    return pairs


class Server:
    """One server with one certificate on one port: root processes and a note."""

    def __init__(self, name, kind, note, commands, port, folder):
        self.name, self.kind, self.note, self.port = name, kind, note, port
        self.terminates = False
        self.samples = []
        self.transfers = {what: [] for what in TRANSFERS}
        self.split = {}
        self.log = f"{folder}/{name}-{port}.log"
        with open(self.log, "wb") as log:
            self.roots = [subprocess.Popen(["taskset", "-c", SERVER_CPU, *command], stdout=log,
                                           stderr=log, cwd=folder, start_new_session=True)
                          for command in commands]

    def wait(self):
        """True once the port answers."""
        for _ in range(100):
            if any(root.poll() is not None for root in self.roots):
                return False
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def processes(self):
        """pid -> name of every living descendant of the roots."""
        children, names = {}, {}
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="ascii", errors="replace") as file:
                    text = file.read()
            except OSError:
                continue
            pid = int(text.split(" ", 1)[0])
            names[pid] = text[text.index("(") + 1:text.rindex(")")]
            children.setdefault(int(text[text.rindex(")") + 2:].split()[1]), []).append(pid)
        found, todo = {}, [root.pid for root in self.roots]
        while todo:
            pid = todo.pop()
            if pid in names:
                found[pid] = names[pid]
                todo += children.get(pid, [])
        return found

    def cpu(self):
        """(name, pid) -> nanoseconds on a processor."""
        used = {}
        for pid, name in self.processes().items():
            total = 0
            for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
                try:
                    with open(path, encoding="ascii") as file:
                        total += int(file.read().split()[0])
                except (OSError, ValueError):
                    pass
            used[(name, pid)] = total
        return used

    def round(self, client, count):
        before = self.cpu()
        run_client(client, self, count)
        time.sleep(0.05)  # let the last close be handled
        after = self.cpu()
        if set(before) != set(after):
            print(f"bench: {self.name} {self.kind}: its processes changed during a round: not counted")
            return
        self.samples.append(sum(after[p] - before[p] for p in after) / count / 1000)
        for (name, pid), spent in after.items():
            self.split.setdefault(name, 0)
            self.split[name] += (spent - before[(name, pid)]) / count / 1000

    def transfer(self, what):
        count, size, _, unit = TRANSFERS[what]
        before = self.cpu()
        ran = subprocess.run(["taskset", "-c", CLIENT_CPU, "h2load", "--h1", "-t1", "-c8", f"-n{count}",
                              f"--tls13-ciphers={SUITE}", f"https://127.0.0.1:{self.port}/{size}"],
                             capture_output=True, text=True, timeout=60, check=False)
        after = self.cpu()
        if f"{count} succeeded" not in ran.stdout:
            raise RuntimeError((ran.stderr or ran.stdout).strip()[-300:])
        if set(before) == set(after):
            self.transfers[what].append(sum(after[p] - before[p] for p in after) / count / unit)

    def stop(self):
        for root in reversed(self.roots):
            root.send_signal(signal.SIGTERM)
        for root in self.roots:
            try:
                root.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(root.pid, signal.SIGKILL)
                root.wait()


def run_client(client, server, count):
    more = ["resumed"] if server.kind == "resumed" else []
    ran = subprocess.run(["taskset", "-c", CLIENT_CPU, client, str(server.port), str(count),
                          str(AT_A_TIME), POLICY, *more], capture_output=True, text=True,
                         timeout=60, check=False)
    if ran.returncode != 0:
        raise RuntimeError((ran.stderr or ran.stdout).strip())
    return ran.stdout


def nginx(folder, kind, pair, _backend):
    port = free_port()
    resumed = kind == "resumed"
    config = write(f"{folder}/nginx-{kind}.conf", f"""
daemon off; worker_processes 1; pid {folder}/nginx-{kind}.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{ access_log off;
  server {{ listen 127.0.0.1:{port} ssl backlog=512; server_name localhost;
    ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};
    ssl_protocols TLSv1.3; ssl_ecdh_curve X25519; ssl_session_tickets {"on" if resumed else "off"}; ssl_session_cache off;
    ssl_conf_command Ciphersuites {SUITE}; ssl_conf_command NumTickets {1 if resumed else 0};
    return 204; }} }}
""")
    return port, [["nginx", "-p", folder, "-c", config]], \
        "one ticket each" if resumed else "no tickets"


def nginx_stream(folder, kind, pair, backend):
    port = free_port()
    resumed = kind == "resumed"
    modules = [path for path in ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
               if os.path.exists(f"{path}/ngx_stream_module.so")]
    load = f"load_module {modules[0]}/ngx_stream_module.so;" if modules else ""
    config = write(f"{folder}/nginx-stream-{kind}.conf", f"""
{load}
daemon off; worker_processes 1; pid {folder}/nginx-stream-{kind}.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
stream {{ access_log off;
  server {{ listen 127.0.0.1:{port} ssl backlog=512;
    ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};
    ssl_protocols TLSv1.3; ssl_ecdh_curve X25519; ssl_session_tickets {"on" if resumed else "off"}; ssl_session_cache off;
    ssl_conf_command Ciphersuites {SUITE}; ssl_conf_command NumTickets {1 if resumed else 0};
    tcp_nodelay on; proxy_pass 127.0.0.1:{backend}; }} }}
""")
    return port, [["nginx", "-p", folder, "-c", config]], "one ticket each" if resumed else "no tickets"


def haproxy(folder, kind, pair, _backend):
    port = free_port()
    no_tickets = "" if kind == "resumed" else "no-tls-tickets"
    config = write(f"{folder}/haproxy-{kind}.cfg", f"""
global
  nbthread 1
  tune.ssl.cachesize 0
defaults
  mode http
  timeout client 5s
frontend f
  bind 127.0.0.1:{port} backlog 512 ssl crt {pair[2]} ssl-min-ver TLSv1.3 curves X25519 ciphersuites {SUITE} {no_tickets}
  http-request return status 204
""")
    return port, [["haproxy", "-q", "-db", "-f", config]], "no session cache; two tickets each"


def haproxy_tcp(folder, kind, pair, backend):
    port = free_port()
    no_tickets = "" if kind == "resumed" else "no-tls-tickets"
    config = write(f"{folder}/haproxy-tcp-{kind}.cfg", f"""
global
  nbthread 1
  tune.ssl.cachesize 0
defaults
  mode tcp
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:{port} backlog 512 ssl crt {pair[2]} ssl-min-ver TLSv1.3 curves X25519 ciphersuites {SUITE} {no_tickets}
  default_backend b
backend b
  server s 127.0.0.1:{backend}
""")
    return port, [["haproxy", "-q", "-db", "-f", config]], "no session cache; two tickets each"


def hitch(folder, kind, pair, backend):
    port = free_port()
    account = 'user = "nobody"' if os.getuid() == 0 else ""
    config = write(f"{folder}/hitch-{kind}.conf", f"""
{account}
frontend = {{ host = "127.0.0.1" port = "{port}" }}
backend = "[127.0.0.1]:{backend}"
pem-file = "{pair[2]}"
workers = 1
tls-protos = TLSv1.3
ecdh-curve = "X25519"
ciphersuites = "{SUITE}"
daemon = off
quiet = on
backlog = 512
""")
    return port, [["hitch", f"--config={config}"]], "two tickets each"


def sallyport(folder, kind, pair, backend):
    port = free_port()
    resumed = kind == "resumed"
    socket_path = f"{folder}/keyd-{kind}.sock"
    keyd = write(f"{folder}/keyd-{kind}.conf", f"""
socket = "{socket_path}"
signer-group "bench" {{ key "bench" {{ file = "{pair[1]}" }} }}
client "frontd" {{ uid = "{os.getuid()}" keys = {{ "bench" }} role = server }}
""")
    frontd = write(f"{folder}/frontd-{kind}.conf", f"""
keyd-socket = "{socket_path}"
worker {{ processes = 1 sandbox = best-effort }}
listen "127.0.0.1:{port}" {{ default = "bench" tickets = {"true" if resumed else "false"} access-log = off }}
site "bench" {{ names = {{ "localhost" }} chain = "{pair[0]}" backend = "127.0.0.1:{backend}" }}
""")
    return port, [[f"{BUILD}/bin/keyd", "-f", keyd], [f"{BUILD}/bin/frontd", "-f", frontd]], \
        "one ticket each" if resumed else "keyd signs"


def libtls(_folder, kind, pair, _backend):
    port = free_port()
    more = ["--tickets"] if kind == "resumed" else []
    return port, [[f"{BUILD}/tests/tlsserver", "--cert", pair[0], "--key", pair[1], "--port", str(port), *more]], \
        "test server on our library: the key in it, no keyd"


# Name, how it is set up, its program, and whether it opens a backend connection
# for each of a client's.
SERVERS = (("sallyport", sallyport, "{build}/bin/frontd", True), ("nginx", nginx_stream, "nginx", True),
           ("haproxy", haproxy_tcp, "haproxy", True), ("hitch", hitch, "hitch", True),
           ("libtls", libtls, "{build}/tests/tlsserver", False), ("nginx", nginx, "nginx", False),
           ("haproxy", haproxy, "haproxy", False))


def start_all(folder, pairs, backend, terminators_only):
    running = []
    for name, make, program, terminates in SERVERS:
        if terminators_only and not terminates:
            continue
        if shutil.which(program.format(build=BUILD)) is None:
            print(f"bench: {name}: not installed, not measured")
            continue
        for kind, pair in pairs.items():
            port, commands, note = make(folder, kind, pair, backend)
            server = Server(name, kind, note, commands, port, folder)
            server.terminates = terminates
            running.append(server)
            if not server.wait():
                print(f"bench: {make.__name__} {kind}: did not start:")
                with open(server.log, encoding="utf-8", errors="replace") as log:
                    print(log.read()[-2000:])
                server.stop()
                running.remove(server)
    return running


def measure(running, client):
    """All rounds; the servers' order turns by one each round."""
    began = time.monotonic()
    for server in list(running):
        try:
            said = run_client(client, server, 50).splitlines()[0]
            print(f"bench: {server.name} {server.kind}: {said}")
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"bench: {server.name} {server.kind}: left out: {error}")
            server.stop()
            running.remove(server)
    for number in range(ROUNDS):
        spent = time.monotonic() - began
        if number > 0 and spent + spent / number > TIME_LIMIT:
            print(f"bench: time limit: {number} rounds instead of {ROUNDS}")
            break
        turn = number % len(running) if running else 0
        for server in running[turn:] + running[:turn]:
            try:
                server.round(client, HANDSHAKES[server.kind])
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print(f"bench: {server.name} {server.kind}: a round failed and is not counted: {error}")


def report(running):
    print(f"\nserver CPU in microseconds per handshake, TLS 1.3, {SUITE}, x25519; resumed: ECDSA P-256 before")
    for terminates, title in ((True, "terminators, which open a backend connection each"),
                              (False, "servers that answer themselves")):
        chosen = [server for server in running if server.terminates == terminates]
        print(f"\n{title}\n{'server':10} {'key':12} {'median':>8} {'least':>8} {'most':>8}  rounds  what it did")
        for server in sorted(chosen, key=lambda s: (s.kind, statistics.median(s.samples))):
            print(f"{server.name:10} {LABEL[server.kind]:12} {statistics.median(server.samples):8.1f} "
                  f"{min(server.samples):8.1f} {max(server.samples):8.1f}  {len(server.samples):6}  {server.note}")
            if len(server.split) > 1:
                parts = sorted(server.split.items(), key=lambda part: -part[1])
                print(" " * 24 + "mean by process: " + ", ".join(
                    f"{name} {spent / len(server.samples):.1f}" for name, spent in parts))


def summary(running):
    for terminates, title in ((True, "with a backend connection each"), (False, "answering themselves")):
        parts = []
        for kind, label in LABEL.items():
            found = [f"{s.name} {statistics.median(s.samples):.0f}" for s in running
                     if s.kind == kind and s.terminates == terminates]
            parts.append(f"{label}: {', '.join(found)}")
        print(f"bench: CPU us per handshake (median), {title}: " + "; ".join(parts))


def measure_transfers(running):
    """Through terminators, whose backend answers as many bytes as it is asked for."""
    chosen = [server for server in running if server.terminates and server.kind == "ecdsa"]
    if shutil.which("h2load") is None:
        print("bench: h2load: not installed, no transfers measured")
        return
    for number in range(TRANSFER_ROUNDS):
        for server in chosen[number:] + chosen[:number]:
            for what in TRANSFERS:
                try:
                    server.transfer(what)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    print(f"bench: {server.name}: {what} failed and is not counted: {error}")
    for what, (count, size, measure_of, _) in TRANSFERS.items():
        found = [f"{s.name} {statistics.median(s.transfers[what]):.2f}" for s in chosen if s.transfers[what]]
        print(f"bench: {measure_of} (median; {count} requests on 8 connections, answers of {size} bytes): "
              + ", ".join(found))


def measure_library(pairs):
    """A server's share of a handshake, without sockets."""
    cases = [(version, mode, kind) for version in ("1.3", "1.2") for kind in ("ecdsa", "rsa")
             for mode in ("full", "offloaded", "resumed") if (kind, mode) != ("rsa", "resumed")]
    samples = {}
    for _ in range(3):
        for version, mode, kind in cases:
            for library in ("libtls", "libssl"):
                ran = subprocess.run(["taskset", "-c", SERVER_CPU, f"{BUILD}/tests/inmemory", library, mode, version,
                                      pairs[kind][0], pairs[kind][1], str(GROUPS)],
                                     capture_output=True, text=True, timeout=60, check=True)
                if ran.stdout.strip() != "none":
                    samples.setdefault((version, mode, kind), {}).setdefault(library, []).append(float(ran.stdout))
    print("\na server's share of a handshake in memory, CPU us (median): no tickets, but one when resumed")
    for version, mode, kind in cases:
        by = samples[version, mode, kind]
        ours, theirs = statistics.median(by["libtls"]), by.get("libssl")
        against = f"libssl {statistics.median(theirs):7.1f}  ratio {ours / statistics.median(theirs):.2f}" if theirs \
            else "(libssl: not measured)"
        print(f"bench: library: TLS {version} {LABEL[kind]:12} {mode:10} libtls {ours:7.1f}  {against}")


def main():
    global BUILD, SERVER_CPU, CLIENT_CPU
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--client", help="instead of BUILD/tests/handshakes")
    parser.add_argument("--only", choices=["handshakes", "transfers", "library"])
    options = parser.parse_args()
    BUILD = os.path.abspath(options.build)
    client = os.path.abspath(options.client or f"{BUILD}/tests/handshakes")
    cpus = sorted(os.sched_getaffinity(0))
    SERVER_CPU, CLIENT_CPU = str(cpus[0]), str(cpus[-1])
    if len(cpus) == 1:
        print("bench: one core only: servers and client share it")

    with tempfile.TemporaryDirectory(prefix="sallyport-bench-") as folder:
        os.chmod(folder, 0o755)
        sink = subprocess.Popen(["taskset", "-c", CLIENT_CPU, f"{BUILD}/tests/sink"],
                                stdout=subprocess.PIPE, text=True)
        running = []
        try:
            backend = int(sink.stdout.readline().split()[1])
            pairs = make_keys(folder)
            if options.only in (None, "library"):
                measure_library(pairs)
            if options.only != "library":
                running = start_all(folder, pairs if options.only != "transfers" else {"ecdsa": pairs["ecdsa"]},
                                    backend, options.only == "transfers")
            if options.only in (None, "transfers"):
                measure_transfers(running)
            if options.only in (None, "handshakes"):
                measure(running, client)
                counted = [server for server in running if server.samples]
                report(counted)
                summary(counted)
        finally:
            for server in running:
                server.stop()
            sink.kill()
            sink.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
