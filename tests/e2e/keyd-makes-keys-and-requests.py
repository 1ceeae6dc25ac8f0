#!/usr/bin/env python3
"""keyd has keys made that are not there, at its start and when it is told to,
never over a file that is there; and it gives certificate requests of its keys,
for what its configuration says and nothing else."""
import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time

BUILD = os.path.abspath(os.environ["BUILD"])
directory = tempfile.mkdtemp(prefix="keyd-makes.")
os.chmod(directory, 0o755)
path = f"{directory}/keyd-admin.sock"
daemon = None


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def has(what, got, wanted):
    if wanted not in got:
        raise AssertionError(f"{what}: {got!r} without {wanted!r}")


def configure(*keys):
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as out:
        out.write(f'socket = "{directory}/keyd.sock"\nsigner-group "g" {{\n')
        out.write("".join(f"key {key}\n" for key in keys))
        out.write('}\nclient "frontd" { keys = { "ec" } tickets = false }\n')


def key(name, more):
    return f'"{name}" {{ file = "{name}.pem" {more} }}'


def keydctl(*words, status=0):
    done = subprocess.run([f"{BUILD}/bin/keydctl", "-s", path, *words], capture_output=True,
                          text=True, timeout=90, check=False)
    equal(f"keydctl {words}: {done.stderr}", done.returncode, status)
    return done.stdout if status == 0 else done.stderr


def start():
    """Until keyd serves."""
    global daemon
    with open(f"{directory}/log", "w", encoding="ascii") as log:
        daemon = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stderr=log)
    end = time.monotonic() + 90
    while subprocess.run([f"{BUILD}/bin/keydctl", "-s", path, "ping"], capture_output=True,
                         check=False).returncode != 0:
        if time.monotonic() > end or daemon.poll() is not None:
            raise AssertionError("keyd does not serve")
        time.sleep(0.1)


def stop():
    daemon.send_signal(signal.SIGTERM)
    equal("keyd's end", daemon.wait(30), 0)


def content(name):
    with open(f"{directory}/{name}", "rb") as file:
        return file.read()


def public(name, *how):
    return subprocess.run(["openssl", "pkey", "-in", f"{directory}/{name}.pem", "-pubout", *how],
                          capture_output=True, check=True).stdout


def request(name, *how):
    """Its text, of a request that verifies and is of the key in that file."""
    pem = keydctl("csr", name)
    done = subprocess.run(["openssl", "req", "-verify", "-noout", "-text", "-nameopt", "RFC2253"],
                          input=pem, capture_output=True, text=True, check=True)
    has("openssl req -verify", done.stderr + done.stdout, "verify OK")
    got = subprocess.run(["openssl", "req", "-noout", "-pubkey"], input=pem.encode(),
                         capture_output=True, check=True).stdout
    equal(f"the key of the request of {name}", got, public(name, *how))
    return done.stdout


def served():
    return {row["name"]: row["spki_sha256"] for row in json.loads(keydctl("--json", "keys"))["keys"]}


def bits(name):
    text = subprocess.run(["openssl", "pkey", "-in", f"{directory}/{name}.pem", "-noout", "-text"],
                          capture_output=True, text=True, check=True).stdout
    return text.splitlines()[0]


SAYS = 'request { subject = "C=DE, O=Example\\\\, Inc., CN=www.example" names = { "www.example", "*.example.org", "192.0.2.1", "2001:db8::1" } }'
EC = key("ec", f"generate = ecdsa-p256 {SAYS}")
RSA = key("rsa", 'generate = rsa-2048 passphrase-file = "pass" request { names = { "rsa.example" } }')
ED = key("ed", 'generate = ed25519 request { subject = "CN=ed" }')
REST = [key("p384", "generate = ecdsa-p384 request { subject = \"CN=a\" }"),
        key("p521", "generate = ecdsa-p521 request { subject = \"CN=b\" }")]
R3072 = key("r3072", 'generate = rsa-3072 request { subject = "CN=c" }')
R4096 = key("r4096", 'generate = rsa-4096 request { subject = "CN=d" }')


def start_makes_what_is_not_there():
    with open(os.open(f"{directory}/pass", os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as out:
        out.write("correct horse\n")
    with open(f"{directory}/.ec.pem.new", "w", encoding="ascii") as out:
        out.write("cut short\n")
    configure(EC, RSA, ED, *REST, R3072)
    told = subprocess.run([f"{BUILD}/bin/keyd", "-t", "-f", f"{directory}/keyd.conf"],
                          capture_output=True, text=True, check=True)
    has("keyd -t", told.stdout, "rsa.pem: not there yet: it will be made")
    equal("made by keyd -t", os.path.exists(f"{directory}/ec.pem"), False)
    start()
    for name in ("ec", "rsa", "ed", "p384", "p521", "r3072"):
        equal(f"mode of {name}.pem", os.stat(f"{directory}/{name}.pem").st_mode & 0o7777, 0o600)
    has("rsa.pem", content("rsa.pem").decode(), "BEGIN ENCRYPTED PRIVATE KEY")
    equal("left over", [name for name in os.listdir(directory) if name.endswith(".new")], [])
    has("its size", bits("r3072"), "(3072 bit")
    has("the log", content("log").decode(), "event=generate name=ec result=done")


def requests_say_what_is_configured():
    text = request("ec")
    has("its subject", text, "Subject: CN=www.example,O=Example\\, Inc.,C=DE")
    has("its names", text, "DNS:www.example, DNS:*.example.org, IP Address:192.0.2.1, "
        "IP Address:2001:DB8:0:0:0:0:0:1")
    has("its signature", text, "ecdsa-with-SHA256")
    has("of RSA", request("rsa", "-passin", f"file:{directory}/pass"), "sha256WithRSAEncryption")
    has("of Ed25519", request("ed"), "ED25519")
    has("of P-384", request("p384"), "ecdsa-with-SHA384")
    has("of RSA-3072", request("r3072"), "sha256WithRSAEncryption")
    has("of P-521", request("p521"), "ecdsa-with-SHA512")
    told = json.loads(keydctl("--json", "csr", "ed"))["csr"]
    equal("its name", told["name"], "ed")
    subprocess.run(["openssl", "req", "-verify", "-noout"], input=told["pem"], text=True,
                   capture_output=True, check=True)
    has("no key", keydctl("csr", "none", status=1), 'there is no key "none"')


def keys_are_nowhere_but_in_signers():
    """What keyd had made for it, it never had itself."""
    done = subprocess.run([f"{BUILD}/tests/memscan", f"{directory}/ec.pem", str(daemon.pid)],
                          capture_output=True, text=True, check=False)
    equal(f"memscan: {done.stdout}{done.stderr}", done.returncode, 0)


def a_restart_makes_no_other():
    before = {name: hashlib.sha256(content(name)).digest() for name in ("ec.pem", "rsa.pem", "ed.pem")}
    stop()
    start()
    for name, digest in before.items():
        equal(name, hashlib.sha256(content(name)).digest(), digest)


def generate_makes_one_and_reloads():
    configure(EC, RSA, ED, *REST, key("two", "generate = ed25519 request { names = { \"two\" } }"),
              key("plain", ""))
    has("not configured", keydctl("generate", "none", status=1), 'there is no key "none"')
    has("no generate", keydctl("generate", "plain", status=1), 'key "plain" has no generate')
    configure(EC, RSA, ED, *REST, key("two", "generate = ed25519 request { names = { \"two\" } }"))
    keydctl("generate", "two")
    spki = hashlib.sha256(public("two", "-outform", "DER")).hexdigest()
    equal("the key that is served", served()["two"], spki)
    request("two")
    made = content("two.pem")
    has("once more", keydctl("generate", "two", status=1), "is there already")
    equal("its file", content("two.pem"), made)
    configure(EC, R4096)
    keydctl("generate", "r4096")
    has("its size", bits("r4096"), "(4096 bit")
    has("of RSA-4096", request("r4096"), "sha256WithRSAEncryption")


def nothing_is_made_in_anothers_place():
    os.symlink(f"{directory}/elsewhere.pem", f"{directory}/link.pem")
    configure(EC, key("link", "generate = ed25519"))
    has("a link", keydctl("generate", "link", status=1), "is there already")
    equal("what it leads to", os.path.exists(f"{directory}/elsewhere.pem"), False)
    subprocess.run(["openssl", "req", "-new", "-x509", "-key", f"{directory}/ec.pem", "-subj", "/CN=lost",
                    "-out", f"{directory}/lost.crt"], check=True, capture_output=True)
    configure(EC, key("lost", 'generate = ed25519 certificate = "lost.crt"'))
    has("a lost key", keydctl("generate", "lost", status=1), "its certificate is there")
    equal("made", os.path.exists(f"{directory}/lost.pem"), False)
    configure(EC, key("far", "").replace("far.pem", "no/far.pem").replace("}", "generate = ed25519 }"))
    has("no directory", keydctl("generate", "far", status=1), "No such file or directory")
    configure('"ec" { file = ')
    has("not a configuration", keydctl("generate", "ec", status=1), "keyd.conf:")


def requests_are_of_the_key_that_is_served():
    configure(EC, RSA, ED, *REST)
    keydctl("reload")
    os.rename(f"{directory}/ed.pem", f"{directory}/ed.old")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", f"{directory}/ed.pem"], check=True)
    os.chmod(f"{directory}/ed.pem", 0o600)
    has("another file", keydctl("csr", "ed", status=1), "another key than the one that is served")
    keydctl("reload")
    request("ed")
    configure(EC, key("ed", ""))
    keydctl("reload")
    has("no request", keydctl("csr", "ed", status=1), 'key "ed" has no request')


def a_start_that_cannot_make_a_key_ends():
    configure(EC, key("lost", 'generate = ed25519 certificate = "lost.crt"'))
    done = subprocess.run([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], capture_output=True,
                          text=True, timeout=60, check=False)
    equal("its status", done.returncode, 1)
    has("what it says", done.stderr, "lost.pem: not made: its certificate is there")


try:
    start_makes_what_is_not_there()
    requests_say_what_is_configured()
    keys_are_nowhere_but_in_signers()
    a_restart_makes_no_other()
    generate_makes_one_and_reloads()
    nothing_is_made_in_anothers_place()
    requests_are_of_the_key_that_is_served()
    equal("forbidden calls", re.findall("event=forbidden-call.*", content("log").decode()), [])
    stop()
    a_start_that_cannot_make_a_key_ends()
except BaseException:
    if os.path.exists(f"{directory}/log"):
        print(content("log").decode())
    raise
finally:
    if daemon is not None and daemon.poll() is None:
        daemon.kill()
    subprocess.run(["rm", "-rf", directory], check=False)
