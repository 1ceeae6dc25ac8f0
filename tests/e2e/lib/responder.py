"""An authority, certificates of its, and OCSP responders: openssl's own, and one
of which a test says what it answers."""
import base64
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse

from .ports import free_port
from .program import Program
from .stack import BUILD, Stack

TESTS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MINUTE = 60


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=30).stdout


class Authority:
    """ca.pem in a directory, its index of openssl ca, and what it issues."""

    def __init__(self, directory):
        self.dir = directory
        self.index = self.path("index.txt")
        self.rows = {}
        run("openssl", "req", "-x509", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", self.path("ca-key.pem"),
            "-days", "30", "-subj", "/CN=authority", "-out", self.path("ca.pem"))

    def path(self, name):
        return os.path.join(self.dir, name)

    def issue(self, name, host, key, url=None, serial=None, days=30):
        """NAME.pem, a chain; key is one that there is. Its serial number."""
        serial = serial or len(self.rows) + 0x1000
        with open(self.path("extensions"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName=DNS:{host}\n")
            if url:
                file.write(f"authorityInfoAccess=OCSP;URI:{url}\n")
        run("openssl", "req", "-new", "-key", key, "-subj", f"/CN={host}", "-out", self.path("request"))
        leaf = run("openssl", "x509", "-req", "-in", self.path("request"), "-CA", self.path("ca.pem"), "-CAkey",
                   self.path("ca-key.pem"), "-set_serial", str(serial), "-days", str(days), "-extfile",
                   self.path("extensions"))
        with open(self.path("ca.pem"), encoding="ascii") as file:
            leaf += file.read()
        with open(self.path(f"{name}.pem"), "w", encoding="ascii") as file:
            file.write(leaf)
        self.say(serial, "V")
        return serial

    def say(self, serial, status):
        """V or R: what responders know of it from now on."""
        since = "260101000000Z" if status == "R" else ""
        self.rows[serial] = f"{status}\t301231235959Z\t{since}\t{serial:X}\tunknown\t/CN={serial}\n"
        with open(self.index, "w", encoding="ascii") as file:
            file.write("".join(self.rows.values()))

    def words(self, index=None, signer=None):
        signer = signer or self
        return ("openssl", "ocsp", "-index", index or self.index, "-CA", self.path("ca.pem"),
                "-rsigner", signer.path("ca.pem"), "-rkey", signer.path("ca-key.pem"))

    def respond(self, request, life=None, **other):
        """To a request in DER: a response that is good for a day, or for life
        seconds from now; other is another index or signer."""
        name = self.path(f"ocsp-{threading.get_ident()}")
        with open(name, "wb") as file:
            file.write(request)
        times = ("-ndays", "1") if life is None else ("-nmin", "1")
        run(*self.words(**other), "-reqin", name, *times, "-respout", f"{name}.der")
        if life is not None:
            run(sys.executable, f"{TESTS}/interop/aged.py", f"{name}.der", self.path("ca-key.pem"), f"{name}.der",
                str(MINUTE - life))
        with open(f"{name}.der", "rb") as file:
            return file.read()


def openssl(authority, issue):
    """openssl ocsp, as a server; use as a context manager. issue() is told its
    URL before it starts, or that of another one, if the port is taken."""
    for _ in range(20):
        port = str(free_port())
        issue(f"http://127.0.0.1:{port}/")
        program = Program(*authority.words(), "-port", port, "-ndays", "1",
                          ready="waiting for OCSP client|already in use", port=port)
        if "already in use" not in program.said:
            return program
        program.__exit__(None)
    raise AssertionError("no port is free")


class Responder:
    """Answers at /WORD with answers[WORD](handler, request in DER), or with what
    an authority says."""

    def __init__(self, authority):
        self.authority = authority
        self.answers = {}
        self.asked = []  # words and methods
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def give(self, body, status=200, length=None, **headers):
                self.send_response(status)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(body) if length is None else length))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def serve(self, word, request):
                outer.asked.append((word, self.command))
                answer = outer.answers.get(word)
                if answer:
                    answer(self, request)
                else:
                    self.give(outer.authority.respond(request))

            def do_GET(self):
                _, word, text = self.path.split("/", 2)
                self.serve(word, base64.b64decode(urllib.parse.unquote(text)))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.serve(self.path.split("/")[1].split("?")[0], body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, word, host="127.0.0.1"):
        return f"http://{host}:{self.port}/{word}"

    def count(self, word):
        return [asked for asked, _ in self.asked].count(word)


class Stapling(Stack):
    """One site, demo, whose certificate an authority has issued, with a
    responder at this URL; client connections trust the authority."""

    def __init__(self, url=None, cache="cache", **words):
        words["words"] = f'admin-socket = "admin.sock" ocsp-cache = "{cache}" ' + words.get("words", "")
        super().__init__(**words)
        os.makedirs(self.path("cache"))
        self.authority = Authority(self.dir)
        self.issue(url)
        self.chain = self.path("ca.pem")

    def issue(self, url):
        """The site's certificate, with a responder there."""
        self.serial = self.authority.issue("demo", "localhost", self.key, url)

    def staples(self, *words):
        """What a client sees of the site's: none, good, ..."""
        return self.seen(self.openssl("-status", *words))

    def handshake(self, host):
        """The same of another site, whose backend nobody asks."""
        ran = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", host,
                              "-CAfile", self.chain, "-verify_return_error", "-status"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
        return self.seen(ran.stdout if "Verify return code: 0" in ran.stdout else None)

    def seen(self, said):
        if said is None:
            raise AssertionError("no connection")
        if "OCSP response: no response sent" in said:
            return "none"
        return said.partition("Cert Status: ")[2].split()[0]

    def report(self, word):
        """What frontctl says of it."""
        return json.loads(run(f"{BUILD}/bin/frontctl", "-s", self.path("admin.sock"), "--json", word))

    def results(self, site="demo"):
        """What was logged of fetching, one event after the other."""
        return [line.split(f"event=staple site={site} result=")[1].split(" retry_s")[0].split(" until")[0]
                for line in self.log("frontd").splitlines() if f"event=staple site={site} " in line]
