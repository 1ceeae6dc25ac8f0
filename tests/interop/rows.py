"""The rows of rows.txt and the cells that they stand for."""
import collections
import fnmatch

Suite = collections.namedtuple("Suite", "number name called")

# One handshake with data. group is None where any will do; retry: over a
# HelloRetryRequest.
Cell = collections.namedtuple("Cell", "version suite certificate group retry")

SCHEMES13 = {"p256": "ecdsa_secp256r1_sha256", "p384": "ecdsa_secp384r1_sha384",
             "p521": "ecdsa_secp521r1_sha512", "rsa": "rsa_pss_rsae_sha256",
             "pss": "rsa_pss_pss_sha256"}


CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}


def name_of(cell):
    words = [cell.version, cell.certificate, cell.suite.name]
    if cell.group:
        words.append(("retry:" if cell.retry else "") + cell.group)
    return " ".join(words)


def groups_of(cell):
    """What a client names to get the cell: the group, and below TLS 1.3 also the
    curve of the certificate, RFC 8422 5.1."""
    groups = [cell.group]
    if cell.version != "1.3" and cell.certificate in CURVES:
        groups.append(CURVES[cell.certificate])
    return list(dict.fromkeys(groups))


def fits(version, suite, certificate):
    """Whether the suite is of this version and for a key of this kind."""
    name = suite.name
    if "_WITH_" not in name:
        return version == "1.3"
    if version == "1.3" or ("_ECDSA_" in name) != (certificate[0] == "p" and certificate != "pss"):
        return False
    if certificate == "pss" and (version != "1.2" or name.startswith("TLS_RSA_")):
        return False
    # RFC 5246 1.2, RFC 5289: authenticated ciphers and SHA-2 came with TLS 1.2.
    if version != "1.2" and not name.endswith(("_SHA", "_MD5")):
        return False
    # RFC 8422 has no extensions for SSLv3 to choose a curve with.
    return version != "SSLv3" or "_ECDHE_" not in name


def product(suites, versions, patterns, certificates, groups="-"):
    for version in versions.split(","):
        for suite in suites:
            if not any(fnmatch.fnmatch(suite.name, one) for one in patterns.split(",")):
                continue
            for certificate in filter(lambda one: fits(version, suite, one), certificates.split(",")):
                for group in groups.split(","):
                    retry, _, group = group.rpartition(":")
                    yield Cell(version, suite, certificate, None if group == "-" else group, bool(retry))


def read(path, quick):
    """All cells, each once, in the order of the file."""
    suites, cells = [], {}
    with open(path, encoding="utf-8") as file:
        for words in map(str.split, file):
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "suite":
                suites.append(Suite(*words[1:]))
            elif words[0] not in ("quick", "full"):
                raise ValueError(f"{path}: {words}")
            elif words[0] == "quick" or not quick:
                row = dict.fromkeys(product(suites, *words[1:]))
                if not row:
                    raise ValueError(f"{path}: no cell of {words}")
                cells.update(row)
    return list(cells)
