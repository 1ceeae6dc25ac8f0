#!/usr/bin/env python3
"""Under a service manager keyd says when it is ready, reloads, is alive and
ends, at a path and at an abstract name; serves sockets that it is passed and
leaves them there; and with ambient capabilities in place of root gives its
signers accounts and namespaces of their own all the same."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

BUILD = os.path.abspath(os.environ["BUILD"])
directory = tempfile.mkdtemp(prefix="keyd-manager.")
os.chmod(directory, 0o755)
log = open(f"{directory}/log", "w+", encoding="ascii", errors="replace")
keyd = None
ACCOUNT = 61999


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def manager(name):
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(name.replace("@", "\0", 1) if name[0] == "@" else name)
    receiver.settimeout(60)
    if name[0] != "@":
        os.chmod(name, 0o666)
    return receiver


def hear(receiver, wanted):
    """The next message but for pings of the watchdog, which are counted."""
    pings = 0
    while True:
        said = receiver.recv(4096).decode().split("\n")
        if said == ["WATCHDOG=1"]:
            pings += 1
            if wanted == "WATCHDOG=1":
                return pings
            continue
        if said[0] != wanted:
            raise AssertionError(f"heard {said}, not {wanted}")
        return dict(line.split("=", 1) for line in said)


def start(environment, before=(), sockets=()):
    """Passes sockets as systemd does, from descriptor 3 on."""
    global keyd
    words = [*before, f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"]
    pid = os.fork()
    if pid == 0:
        os.dup2(log.fileno(), 2)
        moved = [os.dup(s.fileno()) for s in sockets]
        held = [os.dup2(fd, 100 + i) for i, fd in enumerate(moved)]
        for i, fd in enumerate(held):
            os.dup2(fd, 3 + i)
        os.closerange(3 + len(sockets), 200)
        if sockets:
            environment["LISTEN_PID"] = str(os.getpid())
            environment["LISTEN_FDS"] = str(len(sockets))
        os.execve("/usr/bin/env", ["env", *words], {"PATH": os.environ["PATH"], **environment})
    keyd = pid


def stop(receiver):
    global keyd
    os.kill(keyd, signal.SIGTERM)
    hear(receiver, "STOPPING=1")
    equal("keyd's exit status", os.waitpid(keyd, 0)[1], 0)
    keyd = None


def told(path, *words):
    return json.loads(subprocess.run([f"{BUILD}/bin/keydctl", "-s", path, "--json", *words], check=True,
                                     capture_output=True, timeout=60).stdout)


subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout",
                "-out", f"{directory}/one.pem"], check=True)
os.chmod(f"{directory}/one.pem", 0o600)
with open(f"{directory}/keyd.conf", "w", encoding="ascii") as out:
    out.write(f"""socket = "{directory}/keyd.sock"
signer-group "g" {{ key "one" {{ file = "one.pem" }} }}
client "c" {{ keys = {{ "one" }} }}
""")
try:
    for name in (f"{directory}/notify", f"@keyd-manager-{os.getpid()}"):
        receiver = manager(name)
        start({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"})
        ready = hear(receiver, "READY=1")
        equal("its status", ready["STATUS"], "1 keys")
        equal("the keys are read by then",
              told(f"{directory}/keyd-admin.sock", "keys")["keys"][0]["state"], "serving")
        for _ in range(3):
            hear(receiver, "WATCHDOG=1")
        os.kill(keyd, signal.SIGHUP)
        at = int(hear(receiver, "RELOADING=1")["MONOTONIC_USEC"])
        assert abs(at - time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000) < 60_000_000, at
        hear(receiver, "READY=1")
        os.chmod(f"{directory}/one.pem", 0o644)
        os.kill(keyd, signal.SIGHUP)
        hear(receiver, "RELOADING=1")
        equal("a refusal is said", hear(receiver, "READY=1")["STATUS"],
              "1 keys; the last reload was refused")
        os.chmod(f"{directory}/one.pem", 0o600)
        # What was for keyd alone, no child has.
        for child in told(f"{directory}/keyd-admin.sock", "status")["processes"][1:]:
            with open(f"/proc/{child['pid']}/environ", "rb") as environ:
                assert b"NOTIFY_SOCKET" not in environ.read()
        # One that is stopped is not alive.
        os.kill(keyd, signal.SIGSTOP)
        receiver.settimeout(1)
        try:
            while True:
                receiver.recv(4096)
        except TimeoutError:
            pass
        receiver.settimeout(60)
        os.kill(keyd, signal.SIGCONT)
        hear(receiver, "WATCHDOG=1")
        stop(receiver)
        receiver.close()

    # Sockets that are passed.
    receiver = manager(f"{directory}/second")
    passed = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET), socket.socket(socket.AF_UNIX)]
    for each, path in zip(passed, ("passed", "passed-admin")):
        each.bind(f"{directory}/{path}")
        each.listen(8)
    environment = {"NOTIFY_SOCKET": f"{directory}/second", "LISTEN_FDNAMES": "keyd:keyd-admin"}
    waiting = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    waiting.connect(f"{directory}/passed")
    start(environment, sockets=passed)
    hear(receiver, "READY=1")
    status = told(f"{directory}/passed-admin", "status")
    equal("who came before is served", [m["client"] for m in status["masters"]], ["c"])
    equal("no other socket is made", os.path.exists(f"{directory}/keyd.sock"), False)
    equal("nor for keydctl", os.path.exists(f"{directory}/keyd-admin.sock"), False)
    stop(receiver)
    equal("they stay", [os.path.exists(f"{directory}/{p}") for p in ("passed", "passed-admin")],
          [True, True])

    # As the unit has it: another account, with capabilities.
    if os.geteuid() == 0:
        os.chown(f"{directory}/one.pem", ACCOUNT, ACCOUNT)
        caps = "+setuid,+setgid,+setpcap,+sys_admin"
        start(environment, sockets=passed,
              before=("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups",
                      f"--inh-caps={caps}", f"--ambient-caps={caps}",
                      "--bounding-set=-all," + caps, "--no-new-privs"))
        hear(receiver, "READY=1")
        status = told(f"{directory}/passed-admin", "status")
        signer = status["processes"][1]
        equal("keyd's account", status["processes"][0]["uid"], ACCOUNT)
        with open(f"/proc/{signer['pid']}/status", encoding="ascii") as file:
            lines = {key: value.strip() for key, _, value in (line.partition(":") for line in file)}
        assert int(lines["Uid"].split()[0]) not in (0, ACCOUNT), lines["Uid"]
        equal("its signer's capabilities", [lines[c].strip("0") for c in
                                            ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd")], [""] * 5)
        levels = status["confinement"][1]
        equal("the layers", [levels[layer] for layer in
                             ("namespaces", "root", "uid", "dumpable", "seccomp")], ["full"] * 5)
        assert "user" not in signer["namespaces"], signer
        stop(receiver)
    else:
        print("note: only root can give capabilities to another account")
except BaseException:
    log.seek(0)
    print(log.read()[-6000:])
    raise
finally:
    if keyd is not None:
        os.kill(keyd, signal.SIGKILL)
        os.waitpid(keyd, 0)
    subprocess.run(["rm", "-rf", directory], check=False)
