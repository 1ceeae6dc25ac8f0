#!/usr/bin/env python3
"""An account that may use keyd does what it can to keep another from it: it holds
connections and says nothing, asks and never reads, opens channels by the
thousand, sends descriptors, packets that are too long, too short or none. The
other gets channels and signatures all the while, also when a signer is killed;
and keyd has as many descriptors afterwards as before."""
import array
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ["BUILD"])
NOBODY = 65534
HELLO, KEYS, NEWCHANNEL, STATUS = 1, 2, 64, 69
# Of keyd, so that a queue of descriptors would use them up.
FILES = 256
HEADER = struct.Struct("<4sBBHIIQII")


# ---- who attacks: a process of another account ----

def packet(kind, number, payload=b""):
    return HEADER.pack(b"SPK1", 1, 0, kind, len(payload), 0, number, 0, 0) + payload


def connect(path):
    """False: nobody answers any more."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.settimeout(10)
    end.connect(path)
    return end


def greet(end):
    end.send(packet(HELLO, 1, struct.pack("<HHI", 1, 1, 0)))
    return len(end.recv(16384)) > HEADER.size


def greeted(path):
    end = connect(path)
    if not greet(end):
        raise AssertionError("no welcome")
    return end


def channels(end, first, count):
    """So many, each asked for as the first was."""
    got = []
    for number in range(first, first + count):
        end.send(packet(NEWCHANNEL, number, struct.pack("<I", number % 256)))
        said, fds, _, _ = socket.recv_fds(end, 16384, 4)
        if not said:
            break
        got += [socket.socket(fileno=fd) for fd in fds]
        got[-1].settimeout(20)
    return got


def until_full(end, kind, payload=b""):
    """Asks, and reads nothing, while it is listened to."""
    end.settimeout(2)
    number = 2
    try:
        for number in range(2, 100000):
            end.send(packet(kind, number, payload))
    except (TimeoutError, OSError):
        pass
    return number


def silent(path):
    held = []
    for _ in range(40):
        try:
            held.append(connect(path))
        except OSError:
            break
    return held


def holds_connections(path):
    held = []
    for _ in range(40):
        try:
            held.append(greeted(path))
        except (OSError, AssertionError):
            break
    return held


def never_reads_status(path):
    held = greeted(path)
    until_full(held, STATUS)
    return held


def never_takes_channels(path):
    held = [greeted(path) for _ in range(2)]
    for end in held:
        until_full(end, NEWCHANNEL, struct.pack("<I", 7))
    return held


def takes_channels(path):
    end = greeted(path)
    return end, channels(end, 2, 400)


def with_descriptors(end, what, count):
    fds = array.array("i", [2] * count)
    try:
        end.sendmsg([what], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    except OSError:
        pass


def ends(end):
    """Nothing else is said than why."""
    end.settimeout(20)
    try:
        for _ in range(3):
            if not end.recv(16384):
                return
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise AssertionError("it stays open") from error
        return
    raise AssertionError("it goes on")


BROKEN = (b"\0", b"SPK1", packet(KEYS, 9)[:31], packet(KEYS, 9, bytes(4))[:34], packet(KEYS, 9, bytes(20000)),
          packet(KEYS, 0, bytes(4)), packet(KEYS, 9, bytes(5)), b"\xff" * 65536, b"")


def sends_what_is_none(path):
    """To keyd itself, and to a signer."""
    wants = packet(KEYS, 9, bytes(4))
    for count in (1, 2, 8, 9, 64, 253):
        end = greeted(path)
        with_descriptors(end, packet(STATUS, 9), count)
        ends(end)
        master = greeted(path)
        line, = channels(master, 2, 1)
        greet(line)
        with_descriptors(line, wants, count)
        ends(line)
    for what in BROKEN:
        master = greeted(path)
        line, = channels(master, 2, 1)
        greet(line)
        line.send(what)
        ends(line)
        if what[6:8] != packet(KEYS, 9)[6:8]:  # what a signer knows, keyd answers
            master.send(what)
            ends(master)
    return ()


ATTACKS = (silent, holds_connections, never_reads_status, never_takes_channels, takes_channels, sends_what_is_none)


class Attacker:
    """A process of another account, which goes on with what it holds until the end."""

    def __init__(self, act, path):
        done, go = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(done[0])
            os.close(go[1])
            self.live(act, path, done[1], go[0])
        os.close(done[1])
        os.close(go[0])
        self.go = go[1]
        with open(done[0], "rb") as said:
            self.said = said.read()

    @staticmethod
    def live(act, path, done, go):
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            held = act(path)
            os.write(done, b"done")
        except BaseException as error:
            os.write(done, repr(error).encode())
            held = None
        os.close(done)
        os.read(go, 1)
        os._exit(0 if held is not None else 1)

    def end(self):
        os.close(self.go)
        os.waitpid(self.pid, 0)


# ---- who suffers ----

directory = tempfile.mkdtemp(prefix="keyd-hostile.")
daemon = None


def ask(*words):
    done = subprocess.run([f"{BUILD}/tests/keyask", f"{directory}/keyd.sock", *words], capture_output=True,
                          text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def start():
    for name in ("ours", "theirs"):
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                        f"{directory}/{name}.pem"], check=True)
        os.chmod(f"{directory}/{name}.pem", 0o600)
    subprocess.run(["openssl", "pkey", "-in", f"{directory}/ours.pem", "-pubout", "-out", f"{directory}/ours.pub"],
                   check=True)
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as out:
        out.write(f'''socket = "{directory}/keyd.sock"
            signer-group "g" {{ key "ours" {{ file = "ours.pem" }} key "theirs" {{ file = "theirs.pem" }} }}
            client "we" {{ uid = "0" keys = {{ "ours" }} tickets = false }}
            client "they" {{ uid = "{NOBODY}" keys = {{ "theirs" }} tickets = false }}\n''')
    with open(f"{directory}/log", "w", encoding="ascii") as log:
        process = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=log,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)))
    eventually("keyd serves", lambda: ask("sign", f"{directory}/ours.pub", "1"))
    return process


def eventually(what, act):
    end = time.monotonic() + 60
    while True:
        try:
            if act() is not False:
                return
            error = None
        except AssertionError as said:
            error = said
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}: {error}")
        time.sleep(0.1)


def descriptors():
    return len(os.listdir(f"/proc/{daemon.pid}/fd"))


def others_are_served():
    for _ in range(3):
        ask("sign", f"{directory}/ours.pub", "5")


def under(act):
    attacker = Attacker(act, f"{directory}/keyd.sock")
    try:
        if attacker.said != b"done":
            raise AssertionError(f"{act.__name__}: {attacker.said}")
        others_are_served()
        ask("recover", f"{directory}/ours.pub")
        others_are_served()
    finally:
        attacker.end()
    eventually(f"descriptors after {act.__name__}: {at_rest}", lambda: descriptors() <= at_rest)
    others_are_served()


if os.getuid() != 0:
    print("only root has two accounts")
    sys.exit(77)
try:
    os.chmod(directory, 0o755)
    daemon = start()
    time.sleep(0.5)  # who asked last is gone by then; else the count is high by one
    at_rest = descriptors()
    for attempt in ATTACKS:
        began = time.monotonic()
        under(attempt)
        if os.environ.get("TELL"):
            print(attempt.__name__, f"{time.monotonic() - began:.1f} s", flush=True)
    with open(f"{directory}/log", encoding="ascii") as told:
        refusals = sum("reason=rate" in line or "reason=too-many" in line for line in told)
    if not 0 < refusals < 100:
        raise AssertionError(f"{refusals} lines tell of refusals")
    daemon.send_signal(signal.SIGTERM)
    if daemon.wait(30) != 0:
        raise AssertionError("keyd's end")
except BaseException:
    with open(f"{directory}/log", encoding="ascii") as told:
        print(told.read()[-6000:])
    raise
finally:
    if daemon is not None and daemon.poll() is None:
        daemon.kill()
    subprocess.run(["rm", "-rf", directory], check=False)
