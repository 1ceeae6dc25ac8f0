#!/usr/bin/env python3
"""keydctl tells what keyd is, serves and has done, as text and JSON, and has it
reload and rotate; whatever else is said at keyd's socket of the administration
does it no harm, and accounts that are not named are not heard."""
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

BUILD = os.path.abspath(os.environ["BUILD"])
directory = tempfile.mkdtemp(prefix="keydctl.")
os.chmod(directory, 0o755)
path = f"{directory}/keyd-admin.sock"


def until(what, true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def make_key(name, *algorithm):
    file = f"{directory}/{name}.pem"
    subprocess.run(["openssl", "genpkey", *algorithm, "-out", file], check=True,
                   stderr=subprocess.DEVNULL)
    os.chmod(file, 0o600)
    public = subprocess.run(["openssl", "pkey", "-in", file, "-pubout", "-outform", "DER"],
                            check=True, capture_output=True).stdout
    with open(f"{directory}/{name}.pub", "wb") as out:
        out.write(subprocess.run(["openssl", "pkey", "-in", file, "-pubout"], check=True,
                                 capture_output=True).stdout)
    return hashlib.sha256(public).hexdigest()


def configure(more="", tickets="true", groups=2):
    other = """}\nsigner-group "rsa" {
  key "two" { file = "two.pem" operations = { sign12, premaster } rate = 5 }""" if groups == 2 else ""
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as out:
        out.write(f"""socket = "{directory}/keyd.sock"
admin-readers = {{ 65534 }}
signer-group "ec" {{ key "one" {{ file = "one.pem" operations = {{ sign13 }} }} {other} }}
client "frontd" {{ uid = "{os.geteuid()}" keys = {{ "one" }} tickets = {tickets} }}
audit {{ file = "audit.log" key = "audit.pem" }}
{more}""")


def keydctl(*words, status=0):
    done = subprocess.run([f"{BUILD}/bin/keydctl", "-s", path, *words], capture_output=True,
                          text=True, timeout=60, check=False)
    equal(f"keydctl {words}: {done.stderr}", done.returncode, status)
    return done.stdout if status == 0 else done.stderr


def told(*words):
    return json.loads(keydctl("--json", *words))


def pid_of(group):
    return [p["pid"] for p in told("status")["processes"] if p["group"] == group][0]


def ask(*words):
    return subprocess.run([f"{BUILD}/tests/keyask", f"{directory}/keyd.sock", *words],
                          capture_output=True, text=True, timeout=60, check=False)


def say(text, uid=None):
    """What is answered, until keyd closes; in a process of the account."""
    if uid is not None:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.setuid(uid)
            try:
                os.write(writing, say(text))
            finally:
                os._exit(0)
        os.close(writing)
        os.wait()
        return os.read(reading, 65536)
    with socket.socket(socket.AF_UNIX) as visit:
        visit.settimeout(30)
        visit.connect(path)
        heard = b""
        try:
            visit.sendall(text)
            while some := visit.recv(65536):
                heard += some
        except (ConnectionResetError, BrokenPipeError):
            pass
        return heard


def samples():
    """The metrics, each by its name and labels; their form is checked."""
    found = {}
    for line in keydctl("metrics").splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP|TYPE) keyd_[a-z_]+ .+", line), line
            continue
        match = re.fullmatch(r'(keyd_[a-z_]+(?:\{[^}]*\})?) ([0-9.]+)', line)
        assert match, line
        assert match[1] not in found, line
        found[match[1]] = float(match[2])
    return found


def operations(key, operation, scheme, status, group="ec"):
    return samples().get(f'keyd_operations_total{{group="{group}",speed="fast",key="{key}",operation="{operation}",'
                         f'scheme="{scheme}",status="{status}"}}', 0)


one = make_key("one", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
two = make_key("two", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
make_key("audit", "-algorithm", "ED25519")
configure()
log = open(f"{directory}/log", "w+", encoding="ascii", errors="replace")
keyd = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=log)
try:
    until("keyd serves", lambda: os.path.exists(path))
    until("all serve", lambda: told("status")["keyd"]["state"] == "serving" and
          all(p["pid"] for p in told("status")["processes"]))

    # What it is.
    status = told("status")
    equal("keyd's pid", status["keyd"]["pid"], keyd.pid)
    equal("its processes", [(p["name"], p["group"], p["state"]) for p in status["processes"]],
          [("keyd", "", "serving"), ("keyd-audit", "", "serving"), ("keyd-signer", "ec", "serving"),
           ("keyd-signer", "rsa", "serving"), ("keyd-tickets", "tickets", "serving")])
    for process in status["processes"]:
        with open(f"/proc/{process['pid']}/status", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        equal("a process's uid", int(lines["Uid"].split()[0]), process["uid"])
        equal("and seccomp mode", int(lines["Seccomp"]), process["seccomp"])
    for row in status["confinement"]:
        equal("seccomp's level", row["seccomp"], "full")
        assert row["name"] == "keyd" or row["secrets"] in ("full", "partial", "missing"), row
    assert re.search(r"^  keyd-signer +rsa +[a-z]+ +[0-9]", keydctl("status"), re.M), keydctl("status")

    # What it serves.
    keys = told("keys")["keys"]
    equal("the keys", [(k["name"], k["group"], k["algorithm"], k["bits"], k["operations"],
                        k["spki_sha256"], k["state"], k["rate"]) for k in keys],
          [("one", "ec", "EC", 256, ["sign13"], one, "serving", 0),
           ("two", "rsa", "RSA", 2048, ["sign12", "premaster"], two, "serving", 5)])

    # Another root of ticket keys, by another process.
    equal("ticket keys", told("tickets")["tickets"]["root"], "random")
    until("ticket keys are given", lambda: ask("tickets", "0").returncode == 0)
    tickets, process = ask("tickets", "0").stdout, ask("pid", "keyd-tickets").stdout
    keydctl("tickets", "rotate")
    until("another process has them", lambda: ask("pid", "keyd-tickets").stdout not in ("", process))
    until("ticket keys are given again", lambda: ask("tickets", "0").returncode == 0)
    assert ask("tickets", "0").stdout != tickets, "the root is the same"
    with open(f"{directory}/log", encoding="ascii", errors="replace") as lines:
        assert "event=signer-died" not in lines.read(), "a rotation is taken for a death"
    with open(f"{directory}/root", "wb") as out:
        out.write(os.urandom(48))
    os.chmod(f"{directory}/root", 0o600)
    configure('tickets { root = "root" }\n')
    keydctl("reload")
    assert f"the root is {directory}/root" in keydctl("tickets", "rotate", status=1)

    # keyask knows one channel only.
    configure(tickets="false", groups=1)
    keydctl("reload")

    # What it has done.
    before = operations("one", "sign13", "ecdsa_secp256r1_sha256", "ok")
    equal("signatures", ask("sign", f"{directory}/one.pub", "7").returncode, 0)
    equal("signatures are counted", operations("one", "sign13", "ecdsa_secp256r1_sha256", "ok"),
          before + 7)
    found = samples()
    total = sum(value for name, value in found.items()
                if name.startswith('keyd_operations_total{group="ec"'))
    equal("each has its time", found['keyd_service_seconds_count{group="ec",speed="fast"}'], total)
    equal("up to the last bucket", found['keyd_service_seconds_bucket{group="ec",speed="fast",le="+Inf"}'], total)
    assert found['keyd_service_seconds_sum{group="ec",speed="fast"}'] > 0, found
    equal("the signer is up", found['keyd_signer_up{group="ec",speed="fast"}'], 1)
    equal("nothing was lost", found['keyd_uncounted_total{group="ec",speed="fast"}'], 0)
    answer = say(b"GET /metrics HTTP/1.1\r\nHost: keyd\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4"), head
    equal("its length", f"Content-Length: {len(body)}".encode() in head, True)

    # A reload, done or refused with its reasons.
    status, signer = told("status"), pid_of("ec")
    equal("a reload says nothing", keydctl("reload"), "")
    again = told("status")
    equal("and is done", again["keyd"]["reloads_done"], status["keyd"]["reloads_done"] + 1)
    assert pid_of("ec") != signer, again
    configure("colour = red\n")
    equal("a wrong word", keydctl("reload", status=1),
          f"keydctl: {directory}/keyd.conf:8: no such option 'colour'\n")
    configure(tickets="false", groups=1)
    os.rename(f"{directory}/one.pem", f"{directory}/kept.pem")
    with open(f"{directory}/one.pem", "w", encoding="ascii") as out:
        out.write("garbage\n")
    os.chmod(f"{directory}/one.pem", 0o600)
    said = keydctl("reload", status=1)
    assert said.startswith(f"keydctl: {directory}/one.pem: not a private key"), said
    os.rename(f"{directory}/kept.pem", f"{directory}/one.pem")
    # Several at once: each has an answer.
    many = [subprocess.Popen([f"{BUILD}/bin/keydctl", "-s", path, "reload"]) for _ in range(3)]
    equal("reloads", [each.wait(60) for each in many], [0] * 3)
    equal("signatures go on", ask("sign", f"{directory}/one.pub", "1").returncode, 0)

    # A death is seen.
    keydctl("ping")
    victim = pid_of("ec")
    os.kill(victim, signal.SIGKILL)
    until("the next signer", lambda: pid_of("ec") not in (0, victim))
    equal("deaths", samples()['keyd_signer_deaths_total{group="ec",speed="fast"}'], 1)
    keydctl("ping")
    # A signer that does not answer holds up no metrics.
    victim = pid_of("ec")
    os.kill(victim, signal.SIGSTOP)
    found = samples()
    assert not any(name.startswith('keyd_operations_total{group="ec"') for name in found)
    equal("it is there all the same", found['keyd_signer_up{group="ec",speed="fast"}'], 1)
    os.kill(victim, signal.SIGCONT)
    until("it answers again", lambda: 'keyd_channels{group="ec",speed="fast"}' in samples())

    # Nonsense, and who may not.
    for nonsense in (b"\n", b"\0\n", b"x" * 10000, b"status\nstatus\n", b"GET / HTTP/1.1\r\n\r\n",
                     os.urandom(256) + b"\n", b"stats\n", b"reload now\n", b"tickets burn\n"):
        assert not say(nonsense).startswith(b"ok"), nonsense
    idle = [socket.socket(socket.AF_UNIX) for _ in range(10)]
    for each in idle:
        each.connect(path)
    keydctl("ping")
    for each in idle:
        each.close()
    if os.geteuid() == 0:
        assert say(b"metrics\n", uid=65534).startswith(b"ok\n"), "a reader is not heard"
        assert b"root" in say(b"reload\n", uid=65534), "a reader reloads"
        equal("a stranger's answer", say(b"ping\n", uid=65533), b"")
    keydctl("statu", status=2)

    # Its end.
    keyd.send_signal(signal.SIGTERM)
    equal("keyd's exit status", keyd.wait(20), 0)
    equal("the socket is gone", os.path.exists(path), False)
    assert "No such file" in keydctl("ping", status=2)
except BaseException:
    log.seek(0)
    print(log.read())
    raise
finally:
    if keyd.poll() is None:
        keyd.kill()
    subprocess.run(["rm", "-rf", directory], check=False)
