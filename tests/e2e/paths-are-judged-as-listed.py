"""
Certificate paths that nobody here made are accepted and refused as their makers
say: x509-limbo's and BetterTLS's. What differs stands in
tests/vectors/paths/deviations.tsv with its reason, and nothing else does. The
whole sets are large and lie beside the project; samples of them in it.
"""
import os
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HERE = os.path.join(TESTS, "vectors", "paths")
SHARED = os.path.join(TESTS, "..", "..", "shared", "vectors")
PATHCHECK = os.path.join(os.environ["BUILD"], "tests", "pathcheck")
# A path costs a peer's handshake at most this, in microseconds, whatever is in
# it; ten times what the slowest case takes.
SLOWEST = 1000000

sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import cases  # noqa: E402

failed = False


def complain(text):
    global failed
    failed = True
    print(text)


def deviations():
    """{set: {id: (what we say, why)}}"""
    out = {}
    with open(os.path.join(HERE, "deviations.tsv")) as file:
        for line in file:
            if line.startswith("#"):
                continue
            which, name, said, why = line.rstrip("\n").split("\t")
            assert why, line
            out.setdefault(which, {})[name] = said
    return out


def judge(which, judged, listed, whole):
    """Compares what we say with what we should; returns how many agree."""
    judged = list(judged)
    run = subprocess.run([PATHCHECK], input="".join(case.line + "\n" for case in judged),
                         text=True, capture_output=True)
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    if run.returncode != 0 or [line[0] for line in lines] != [case.name for case in judged]:
        complain(f"{which}: pathcheck exits {run.returncode}: {run.stderr}")
        return
    seen = {}
    for case, (_, said, took) in zip(judged, lines):
        if (said == "ok") != case.accept:
            seen[case.name] = said
        if int(took) > SLOWEST:
            complain(f"{which} {case.name}: took {took} microseconds")
    for name in sorted(seen.keys() - listed.keys()):
        complain(f"{which} {name}: {seen[name]}, which is not listed")
    for name in sorted(listed.keys() & {case.name for case in judged}):
        if seen.get(name) != listed[name]:
            complain(f"{which} {name}: {seen.get(name, 'as expected')}, listed as {listed[name]}")
    if whole:
        for name in sorted(listed.keys() - {case.name for case in judged}):
            complain(f"{which} {name}: listed, and there is no such case")
    accepted = sum(case.accept for case in judged)
    print(f"{which}: {len(judged) - len(seen)} of {len(judged)} as expected"
          f" ({accepted} to be accepted)")
    return len(judged), len(judged) - len(seen)


def bettertls(path, listed, whole):
    """
    Private authorities' rules accept all that is good; public ones', which only
    add to them, nothing that is bad.
    """
    count = judge("bettertls", cases.bettertls(path, "server"), listed, whole)
    bad = [case for case in cases.bettertls(path, "public") if case.name in listed]
    if any(case.accept for case in bad):
        complain("bettertls: what is to be accepted is listed")
    judge("bettertls-public", bad, {}, False)
    return count


listed = deviations()
sample = judge("limbo", cases.limbo(os.path.join(HERE, "limbo-sample.json")), listed["limbo"],
               False)
small = bettertls(os.path.join(HERE, "bettertls-sample.json"), listed["bettertls"], False)
if not sample or not small or sample[0] < 30 or small[0] < 15:
    complain("the samples are not what they were")

limbo_file = os.path.join(SHARED, "limbo-gen-207.json")
if os.path.exists(limbo_file):
    count, good = judge("limbo", cases.limbo(limbo_file), listed["limbo"], True)
    if count != 207 or good < 190:
        complain(f"limbo: {good} of {count}")
else:
    print("note: of x509-limbo a sample was judged; ../shared/vectors has not the rest")

bettertls_file = os.path.join(SHARED, "bettertls-export.json.gz")
if os.path.exists(bettertls_file):
    count, _ = bettertls(bettertls_file, listed["bettertls"], True)
    if count != 9491 + 81:
        complain(f"bettertls: {count} cases")
else:
    print("note: of BetterTLS a sample was judged; ../shared/vectors has not the rest")
sys.exit(failed)
