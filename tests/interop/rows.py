"""The rows of rows.txt, and the cells that they stand for."""
import collections
import dataclasses
import fnmatch

Suite = collections.namedtuple("Suite", "number name called")


@dataclasses.dataclass(frozen=True)
class Feature:
    """What is special about a cell; the words are those of rows.txt."""
    program: str
    title: str
    policy: str = ""
    ours: tuple = ()
    its: tuple = ()
    we: tuple = ()
    peer: tuple = ()
    talk: tuple = ()
    big: bool = False
    wordy: bool = False
    refused: bool = False


# One handshake with data. group is None where any will do; retry: over a
# HelloRetryRequest.
Cell = collections.namedtuple("Cell", "version suite certificate group retry feature", defaults=[None])

# By certificate: the scheme that signs in TLS 1.3, and the curve if it has one.
SCHEMES13 = {"p256": "ecdsa_secp256r1_sha256", "p384": "ecdsa_secp384r1_sha384",
             "p521": "ecdsa_secp521r1_sha512", "rsa": "rsa_pss_rsae_sha256",
             "pss": "rsa_pss_pss_sha256", "ed25519": "ed25519", "long": "rsa_pss_rsae_sha256"}
CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}


def name_of(cell):
    if cell.feature:
        return cell.feature.title
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
    if version == "1.3" or ("_ECDSA_" in name) != (certificate in CURVES):
        return False
    if certificate == "pss" and (version != "1.2" or name.startswith("TLS_RSA_")):
        return False
    # RFC 5246 1.2, RFC 5289: authenticated ciphers and SHA-2 came with TLS 1.2.
    if version != "1.2" and not name.endswith(("_SHA", "_MD5")):
        return False
    # SSLv3 has no extensions to choose a curve with.
    return version != "SSLv3" or "_ECDHE_" not in name


def product(suites, versions, patterns, certificates, groups="-"):
    for version in versions.split(","):
        for suite in suites.values():
            if not any(fnmatch.fnmatch(suite.name, one) for one in patterns.split(",")):
                continue
            for certificate in filter(lambda one: fits(version, suite, one), certificates.split(",")):
                for group in groups.split(","):
                    retry, _, group = group.rpartition(":")
                    yield Cell(version, suite, certificate, None if group == "-" else group, bool(retry))


def feature(suites, head, lines):
    """The cell of a feature and the lines below it."""
    program, _, title = head.partition(": ")
    cell, words = None, collections.defaultdict(tuple)
    for line in lines:
        key, _, rest = line.partition(" ")
        if key == "cell":
            version, suite, certificate, *group = rest.split()
            cell = Cell(version, suites[suite], certificate, group[0] if group else None, False)
        elif key in ("ours", "its", "talk"):
            words[key] += tuple(rest.split())
        elif key in ("we", "peer"):
            words[key] += (rest,)
        elif key == "policy":
            words[key] = rest
        elif line in ("big", "wordy", "refused"):
            words[key] = True
        else:
            raise ValueError(f"{head}: {line}")
    return cell._replace(feature=Feature(program, title, **words))


def read(path, quick):
    """All cells, each once, in the order of the file."""
    suites, cells, below = {}, {}, None
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip() for line in file if line.strip() and not line.startswith("#")]
    for number, line in enumerate(lines):
        words = line.split()
        if line[0].isspace():
            if below is None:
                raise ValueError(f"{path}: {line}")
        elif words[0] == "suite":
            suites[words[2]] = Suite(*words[1:])
        elif words[0] == "feature":
            below = []
            for one in lines[number + 1:]:
                if not one[0].isspace():
                    break
                below.append(one.strip())
            cells[feature(suites, line.partition(" ")[2], below)] = None
        elif words[0] == "full" and quick:
            continue
        elif words[0] in ("full", "quick"):
            row = dict.fromkeys(product(suites, *words[1:]))
            if not row:
                raise ValueError(f"{path}: no cell of {line}")
            cells.update(row)
        else:
            raise ValueError(f"{path}: {line}")
    return list(cells)
