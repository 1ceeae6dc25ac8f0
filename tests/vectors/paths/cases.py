"""
Cases of path validation from elsewhere, x509-limbo's and BetterTLS's, as lines
for tests/tools/pathcheck.c. Files that end in .gz are unpacked.

    python3 cases.py limbo|bettertls FILE [ID...]

writes a file of the same form with only the cases named, without the keys and
texts that nobody reads: so were made the samples beside this file.
"""
import datetime
import gzip
import json
import sys

# BetterTLS's certificates live from 2026-11-22 for a year.
BETTERTLS_TIME = 1795996800  # 2026-11-30
# Deeper than any case whose subject is not depth.
DEPTH = 100

# Rules of public authorities; what RFC 5280 asks of all and private ones often
# leave undone is asked of public ones alone: see libtls/cert/web_rules.h.
PUBLIC = ("webpki::", "online::", "rfc5280::aki::", "rfc5280::ski::", "rfc5280::san::")


def load(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        return json.load(file)


def bare(pem):
    """DER in base64 out of PEM, or as it is."""
    return "".join(line for line in pem.split("\n") if not line.startswith("-"))


class Case:
    def __init__(self, name, accept, line):
        self.name, self.accept, self.line = name, accept, line


def line(name, purpose, time, depth, host, anchors, crls, chain):
    fields = (name, purpose, str(time), str(depth), host or "-",
              *(",".join(map(bare, texts)) for texts in (anchors, crls, chain)))
    return "\t".join(fields)


def book(case):
    """The rules that a case is about: its id says whose they are."""
    public = case["id"].startswith(PUBLIC)
    kind = case["validation_kind"].lower()
    return "public" if kind == "server" and public else kind


def limbo(path):
    for case in load(path)["testcases"]:
        when = case["validation_time"]
        time = datetime.datetime.fromisoformat(when).timestamp() if when else BETTERTLS_TIME
        depth = case["max_chain_depth"]
        peer = case["expected_peer_name"]
        yield Case(case["id"], case["expected_result"] == "SUCCESS", line(
            case["id"], book(case), int(time),
            # Theirs counts the certificates between leaf and anchor.
            DEPTH if depth is None else depth + 1,
            peer and peer["value"], case["trusted_certs"],
            case["crls"], [case["peer_certificate"]] + case["untrusted_intermediates"]))


def bettertls(path, purpose):
    data = load(path)
    for suite, content in sorted(data["suites"].items()):
        for case in content["testCases"]:
            name = f"{suite}::{case['id']}"
            yield Case(name, case["expected"] == "ACCEPT", line(
                name, purpose, BETTERTLS_TIME, DEPTH, case["hostname"],
                [data["trustRoot"]], [], case["certificates"]))


def sample_limbo(data, ids):
    kept = ("id", "description", "validation_kind", "trusted_certs", "untrusted_intermediates",
            "peer_certificate", "crls", "validation_time", "expected_result", "expected_peer_name",
            "max_chain_depth")
    return {"version": data["version"],
            "testcases": [{key: case[key] for key in kept}
                          for case in data["testcases"] if case["id"] in ids]}


def sample_bettertls(data, ids):
    for suite, content in data["suites"].items():
        content["testCases"] = [case for case in content["testCases"]
                                if f"{suite}::{case['id']}" in ids]
    return data


if __name__ == "__main__":
    make = {"limbo": sample_limbo, "bettertls": sample_bettertls}[sys.argv[1]]
    json.dump(make(load(sys.argv[2]), sys.argv[3:]), sys.stdout, indent=1)
    print()
