"""Our client resumes its sessions with nginx: by tickets and by ids, TLS 1.2 and
1.3; and its early data is the request that nginx answers."""
import os
import re
import shutil
import sys
import tempfile

from lib.ports import free_port
from lib.program import Program
from lib.stack import BUILD, equal, make_key

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
if NGINX is None:
    print("nginx is not installed")
    sys.exit(77)

DIR = tempfile.mkdtemp(prefix="sallyport-")
os.chmod(DIR, 0o755)  # as root, nginx' worker is somebody else
S2NC = f"{BUILD}/bin/s2nc"
KEY, CHAIN = make_key(DIR, "rsa", kind="RSA")
REQUEST, SESSION = f"{DIR}/request", f"{DIR}/session"
ANSWER = r"reused=(r|\.) early=(1?) protocol=(\S+)"

# What it gives, the version, our policy, its words, and what becomes of early data.
ROWS = [
    ("tickets", "TLSv1.3", "default_tls13", "ssl_session_tickets on; ssl_early_data on;", "taken"),
    ("tickets, no early data", "TLSv1.3", "default_tls13", "ssl_session_tickets on;", "none"),
    ("ids", "TLSv1.3", "default_tls13", "ssl_session_tickets off; ssl_early_data on;", "taken"),
    ("tickets", "TLSv1.2", "20190214", "ssl_session_tickets on;", "none"),
    ("ids", "TLSv1.2", "20190214", "ssl_session_tickets off;", "none"),
]


def nginx(words):
    port = str(free_port())
    with open(f"{DIR}/nginx.conf", "w", encoding="ascii") as file:
        file.write(f"""
            daemon off; master_process off; pid {DIR}/pid; error_log stderr notice;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path {DIR}/body; proxy_temp_path {DIR}/proxy; fastcgi_temp_path {DIR}/fastcgi;
                uwsgi_temp_path {DIR}/uwsgi; scgi_temp_path {DIR}/scgi;
                server {{
                    listen 127.0.0.1:{port} ssl;
                    ssl_certificate {CHAIN}; ssl_certificate_key {KEY};
                    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:1m; {words}
                    location / {{
                        return 200
                            "reused=$ssl_session_reused early=$ssl_early_data protocol=$ssl_protocol\\n";
                    }}
                }}
            }}""")
    return Program(NGINX, "-p", DIR, "-c", f"{DIR}/nginx.conf", ready=r"using the \S+ event", port=port)


def ask(port, policy, *words):
    """What our client says of the connection and nginx answers."""
    with Program(S2NC, "-e", "-f", CHAIN, "-c", policy, *words, "localhost", port) as client:
        answer = client.find(ANSWER)
        client.ends()
    equal("s2nc ended with", client.process.returncode, 0)
    return re.findall("^(?:resumed|early data): (.*)$", client.said, re.M), answer


def resumed(version, policy, words, early):
    later = ["--send-file", REQUEST]
    with nginx(words) as server:
        equal("first", ask(server.port, policy, *later, "--ticket-out", SESSION),
              (["no", "none"], (".", "", version)))
        equal("second", ask(server.port, policy, *later, "--ticket-in", SESSION, "--ticket-out", SESSION),
              (["yes", "none"], ("r", "", version)))
        if early == "taken":
            later = []
        told, (reused, in_time, spoken) = ask(server.port, policy, *later, "--ticket-in", SESSION, "--early-data", REQUEST)
        equal("third", (told, reused, spoken), (["yes", early], "r", version))
        # nginx says 1 where it read the request before our Finished: they may
        # arrive together.
        if in_time not in (("1", "") if early == "taken" else ("",)):
            raise AssertionError(f"early data {early}, and nginx says {in_time!r}")


try:
    with open(REQUEST, "wb") as request:
        request.write(b"GET / HTTP/1.0\r\n\r\n")
    for title, *row in ROWS:
        print(f"row: {title}", *row, flush=True)
        resumed(*row)
finally:
    shutil.rmtree(DIR)
