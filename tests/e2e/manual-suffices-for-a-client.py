#!/usr/bin/env python3
"""keyd-protocol(7) is enough to write a client in another language: this one has
its codec from the page's own layouts, and nothing else. It takes the golden
packets apart and puts them together again, and has keyd sign."""
import hashlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

from lib.stack import BUILD, equal, make_key, until

PAGE, GOLDEN = "man/keyd-protocol.7", "tests/golden/keyproto.txt"
WIDTH = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}


# ---- the page as a codec ----

def fields(text):
    """[(name, kind, length, inner)]: kind is one of / [ ( as the page has them."""
    found = []
    while text := text.strip():
        name, kind = re.match(r"(\w+)([/\[(])", text).groups()
        rest = text[len(name) + 1:]
        if kind == "/":
            size = re.match(r"\d+", rest).group()
            found.append((name, kind, int(size), None))
            text = rest[len(size):]
        elif kind == "[":
            size, text = rest.split("]", 1)
            found.append((name, kind, size, None))
        else:
            inner, text = rest.split(")", 1)
            times = re.match(r"\w+", text).group()
            found.append((name, kind, times, fields(inner)))
            text = text[len(times):]
    return found


def number(word, seen):
    return int(word) if word.isdigit() else seen[word]


def take(layout, data):
    """({name: value}, what is left)"""
    seen = {}
    for name, kind, size, inner in layout:
        if kind == "/":
            seen[name], data = struct.unpack(WIDTH[size], data[:size])[0], data[size:]
        elif kind == "[":
            length = len(data) if size == "" else number(size, seen)
            seen[name], data = data[:length], data[length:]
            equal(f"bytes of {name}", len(seen[name]), length)
        else:
            seen[name] = []
            for _ in range(number(size, seen)):
                one, data = take(inner, data)
                seen[name].append(one)
    return seen, data


def put(layout, values):
    out = b""
    for name, kind, size, inner in layout:
        if kind == "/":
            out += struct.pack(WIDTH[size], values[name])
        elif kind == "[":
            out += values[name]
        else:
            out += b"".join(put(inner, one) for one in values[name])
    return out


class Page:
    def __init__(self):
        with open(PAGE, encoding="ascii") as file:
            text = file.read()
        self.header = fields(re.search(r"^header: (.*)$", text, re.M).group(1))
        self.types, self.layouts = {}, {}
        rows = re.findall(r"^([A-Z0-9]+) +(\d+) +request: *(.*)$(?:\n +answer: *(.*)$)?", text, re.M)
        for name, kind, request, answer in rows:
            self.types[name] = int(kind)
            self.layouts[int(kind)] = {0: fields(request), 1: fields(answer)}
        self.status = {name: int(value) for value, name in re.findall(r"^(\d+) ([A-Z]+) +\w", text, re.M)}
        equal("types on the page", len(self.types), 15)
        equal("status on the page", len(self.status), 15)

    def packet(self, name, ident, values, flags=0, status=0, micros=0):
        payload = put(self.layouts[self.types[name]][flags], values) if status == 0 else b""
        return put(self.header, {"magic": b"SPK1", "major": 1, "minor": 0, "type": self.types[name],
                                 "length": len(payload), "flags": flags, "id": ident, "micros": micros,
                                 "status": status}) + payload

    def parse(self, packet):
        header, payload = take(self.header, packet)
        equal("magic", header["magic"], b"SPK1")
        equal("length", header["length"], len(payload))
        if header["status"] != 0:
            equal("payload of a refusal", payload, b"")
            return header, {}
        values, rest = take(self.layouts[header["type"]][header["flags"]], payload)
        equal("bytes left", rest, b"")
        return header, values


def golden(page):
    """What is said there of these types, the page says too."""
    names = {number: name for name, number in page.types.items()}
    done = set()
    with open(GOLDEN, encoding="ascii") as file:
        for line in file:
            if line.startswith("#"):
                continue
            what, packet = line.split()
            packet = bytes.fromhex(packet)
            kind = struct.unpack("<H", packet[6:8])[0]
            if kind not in names:
                continue
            header, values = page.parse(packet)
            again = page.packet(names[kind], header["id"], values, header["flags"], header["status"], header["micros"])
            equal(what, again.hex(), packet.hex())
            done.add(names[kind])
    equal("types among the golden packets", sorted(done), sorted(page.types))


# ---- a client ----

class Line:
    """A connection that asks and is answered."""

    def __init__(self, page, sock):
        self.page, self.sock, self.last = page, sock, 0
        sock.settimeout(10)

    def send(self, name, **values):
        self.last += 1
        self.sock.send(self.page.packet(name, self.last, values))

    def hear(self):
        packet, passed, _, _ = socket.recv_fds(self.sock, 16384, 1)
        if not packet:
            raise ConnectionResetError
        return *self.page.parse(packet), passed

    def ask(self, name, **values):
        """(status, the answer's fields)"""
        self.send(name, **values)
        header, answer, _ = self.hear()
        equal("id", (header["id"], header["flags"]), (self.last, 1))
        return header["status"], answer


def channels(page, path, role=1, groups=1):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(path)
    master = Line(page, sock)
    status, welcome = master.ask("HELLO", least=1, most=1, features=0)
    equal("HELLO", (status, welcome["version"], welcome["role"]), (0, 1, role))
    status, answer = master.ask("STATUS")
    equal("processes", {one["name"].rstrip(b"\0") for one in answer["process"]} >= {b"keyd", b"keyd-signer"}, True)
    master.send("NEWCHANNEL", tag=0)
    found = {}
    while len(found) < groups:
        _, answer, passed = master.hear()
        groups = answer["groups"]
        found[answer["group"]] = Line(page, socket.socket(fileno=passed[0]))
    return master, found


def spki(chain):
    key = subprocess.run(["openssl", "x509", "-in", chain, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True,
                         capture_output=True).stdout
    return key, hashlib.sha256(der).digest()


def verified(directory, key, content, signature):
    for name, data in (("key", key), ("content", content), ("signature", signature)):
        with open(f"{directory}/{name}", "wb") as file:
            file.write(data)
    return subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{directory}/key", "-signature",
                           f"{directory}/signature", f"{directory}/content"], capture_output=True,
                          check=False).returncode == 0


def talk(page, directory):
    master, found = channels(page, f"{directory}/keyd.sock")
    key, name = spki(f"{directory}/demo.pem")
    ours = None
    for line in found.values():
        equal("HELLO", line.ask("HELLO", least=1, most=1, features=0)[0], 0)
        status, keys = line.ask("KEYS", **{"from": 0})
        equal("KEYS", status, 0)
        for one in keys["key"]:
            if one["spki"] == name:
                ours, line_of_it = one, line
    equal("an EC key of 256 bits", (ours["algorithm"], ours["bits"], ours["schemes"]), (3, 256, 1))
    transcript = hashlib.sha256(b"a handshake").digest()
    what = {"slot": ours["slot"], "scheme": 0x0403, "generation": ours["generation"], "hash": 4, "length": 32,
            "transcript": transcript}
    status, answer = line_of_it.ask("SIGN13", **what)
    content = b" " * 64 + b"TLS 1.3, server CertificateVerify\0" + transcript
    equal("SIGN13", (status, verified(directory, key, content, answer["signature"])), (0, True))
    share = b"\3\0\x1d\x20" + os.urandom(32)
    randoms = {"client_random": os.urandom(32), "server_random": os.urandom(32)}
    status, answer = line_of_it.ask("SIGN12", slot=ours["slot"], scheme=0x0403, generation=ours["generation"],
                                    parameters=share, **randoms)
    content = randoms["client_random"] + randoms["server_random"] + share
    equal("SIGN12", (status, verified(directory, key, content, answer["signature"])), (0, True))
    refused = page.status
    for change, wanted in (({"slot": 200}, "NOKEY"), ({"generation": ours["generation"] + 1}, "STALE"),
                           ({"scheme": 0x0804}, "DENIED")):
        equal(str(change), line_of_it.ask("SIGN13", **{**what, **change})[0], refused[wanted])
    equal("a client's", line_of_it.ask("SIGN12CV", slot=0, scheme=0x0403, generation=1, messages=b"x")[0],
          refused["DENIED"])
    equal("a digest", line_of_it.ask("SIGNDIGEST", slot=ours["slot"], scheme=0x0403, generation=ours["generation"],
                                     digest=transcript)[0], refused["DENIED"])
    equal("PING", line_of_it.ask("PING")[0], 0)
    status, counts = line_of_it.ask("STATS")
    equal("STATS", (status, counts["signatures"]), (0, 2))
    tickets = [answer for line in found.values() for status, answer in [line.ask("TICKETKEYS", epoch=0)] if status == 0]
    equal("one has ticket keys", len(tickets), 1)
    equal("and they are of this time", tickets[0]["key"][0]["epoch"], tickets[0]["current"])
    # The same id again: not larger than the one before, so the channel ends.
    line_of_it.last -= 1
    try:
        line_of_it.ask("PING")
        raise AssertionError("an id may be used twice")
    except (ConnectionResetError, BrokenPipeError):
        pass
    equal("PING", master.ask("PING")[0], 0)


def keydctl(directory, *words):
    return subprocess.run([f"{BUILD}/bin/keydctl", "-s", f"{directory}/keyd-admin.sock", *words], check=True,
                          capture_output=True, text=True).stdout


def digests(page, directory):
    """Of a key that is given to whoever hashes for themselves, and nothing else."""
    configure(directory, "allow-digest = true", "role = digest")
    keydctl(directory, "reload")
    equal("operations", "signdigest" in keydctl(directory, "keys"), True)
    key, _ = spki(f"{directory}/demo.pem")
    _, found = channels(page, f"{directory}/keyd.sock", role=3, groups=1)
    line = found[0]
    equal("HELLO", line.ask("HELLO", least=1, most=1, features=0)[1]["role"], 3)
    ours = line.ask("KEYS", **{"from": 0})[1]["key"][0]
    what = {"slot": ours["slot"], "scheme": 0x0403, "generation": ours["generation"]}
    text = b"a certificate, a token, anything"
    status, answer = line.ask("SIGNDIGEST", **what, digest=hashlib.sha256(text).digest())
    equal("SIGNDIGEST", (status, verified(directory, key, text, answer["signature"])), (0, True))
    denied = page.status["DENIED"]
    equal("of another length", line.ask("SIGNDIGEST", **what, digest=bytes(48))[0], denied)
    equal("a handshake", line.ask("SIGN13", **what, hash=4, length=32, transcript=bytes(32))[0], denied)
    equal("loud in the log", 'event=allow-digest key=demo' in read(f"{directory}/log"), True)
    counted = [row for row in keydctl(directory, "metrics").splitlines()
               if row.startswith("keyd_operations_total") and 'operation="signdigest"' in row and 'status="ok"' in row]
    equal("counted", [row.split()[-1] for row in counted], ["1"])
    # And by a server that has the key all the same it is refused.
    configure(directory, "allow-digest = true", "")
    keydctl(directory, "reload")
    _, found = channels(page, f"{directory}/keyd.sock")
    line = found[0]
    line.ask("HELLO", least=1, most=1, features=0)
    equal("a server's", line.ask("SIGNDIGEST", **what, digest=bytes(32))[0], denied)
    equal("its handshake", line.ask("SIGN13", **what, hash=4, length=32, transcript=bytes(32))[0], 0)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def configure(directory, key="", client=""):
    with open(f"{directory}/keyd.conf", "w", encoding="ascii") as file:
        file.write(f"""
            socket = "{directory}/keyd.sock"
            signer-group "demo" {{ key "demo" {{ file = "{directory}/demo-key.pem" {key} }} }}
            client "we" {{ uid = "{os.geteuid()}" keys = {{ "demo" }} {client} }}
            """)


def main():
    page = Page()
    golden(page)
    directory = tempfile.mkdtemp(prefix="sallyport-")
    keyd = None
    try:
        make_key(directory, "demo")
        configure(directory)
        with open(f"{directory}/log", "wb") as log:
            keyd = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", f"{directory}/keyd.conf"], stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log)

        def told():
            return read(f"{directory}/log").count("event=signer ") == 2
        until("keyd has its processes", told)
        talk(page, directory)
        digests(page, directory)
        keyd.send_signal(signal.SIGTERM)
        equal("keyd ends with", keyd.wait(20), 0)
    finally:
        if keyd and keyd.poll() is None:
            keyd.kill()
            keyd.wait()
        shutil.rmtree(directory, ignore_errors=True)


main()
