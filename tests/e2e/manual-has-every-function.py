"""Each public function has a page in section 3, with the prototype that its
header has, can be asked for by its own name once installed, and the programs
under EXAMPLES compile against the installed headers."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ["BUILD"]
ROOT = tempfile.mkdtemp(prefix="sallyport-")
bad = []


def bare(text):
    """A declaration without comments, in one form of blanks."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([(),;*]) ?", r"\1", text).strip()


def declared():
    """name: prototype, of all public headers."""
    found = {}
    for header in ["libtls/s2n.h", *glob.glob("libtls/unstable/*.h"), "ipc/keyclient.h"]:
        with open(header, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
        for words in re.findall(r"\b(?:S2N|KEYCLIENT)_API ([^;{]*\b(?:s2n|keyclient)_\w+\([^;{]*\));", text):
            words = bare(words).removeprefix("extern ")
            found[re.search(r"\b((?:s2n|keyclient)_\w+)\(", words).group(1)] = words
    return found


def documented(page):
    """name: prototype, of a page's SYNOPSIS, and the names that it gives itself."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    synopsis = text.split(".Sh SYNOPSIS")[1].split(".Sh DESCRIPTION")[0]
    found = {}
    for kind, name, words in re.findall(r"^\.Ft (.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)*)\.Fc$", synopsis, re.M):
        arguments = re.findall(r'^\.Fa "(.*)"$', words, re.M)
        found[name] = bare(f"{kind} {name}({', '.join(arguments)})")
    names = re.findall(r"^\.Nm (\w+)", text.split(".Sh SYNOPSIS")[0], re.M)
    described = re.findall(r"^\.Fn (\w+)(?: ,)?$", text.split(".Sh DESCRIPTION")[1], re.M)
    for name in found:
        if name not in names:
            bad.append(f"{page}: {name} is not under NAME")
        if name not in described:
            bad.append(f"{page}: {name} is not described")
    return found


def compile_examples(page, include):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    examples = re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed$", text, re.M | re.S)
    for number, example in enumerate(examples):
        source = f"{ROOT}/example.c"
        with open(source, "w", encoding="utf-8") as file:
            file.write(example.replace("\\e", "\\"))
        run = subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{include}",
                              "-c", source, "-o", f"{ROOT}/example.o"], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            bad.append(f"{page}, example {number}:\n{run.stderr}")
    return len(examples)


def installed(names, man3):
    """Each name's page is there, or leads to one that is."""
    for name in names:
        page = f"{man3}/{name}.3"
        if not os.path.exists(page):
            bad.append(f"man {name}: no page was installed")
            continue
        with open(page, encoding="utf-8") as file:
            link = re.match(r"\.so (man3/\w+\.3)\n$", file.read())
        if link and not os.path.exists(os.path.join(man3, "..", link.group(1))):
            bad.append(f"man {name} leads to {link.group(1)}, which is not there")


try:
    subprocess.run(["make", "-s", f"B={BUILD}", f"DESTDIR={ROOT}", "prefix=/usr", "install"], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "MAKEFLAGS": ""})
    headers, pages = declared(), {}
    for file in sorted(glob.glob("man/s2n_*.3") + ["man/keyclient_new.3"]):
        for function, prototype in documented(file).items():
            if function in pages:
                bad.append(f"{function} has two pages")
            pages[function] = prototype
    with open("tests/golden/exports.txt", encoding="ascii") as golden:
        exports = [line.strip() for line in golden]
    exports += [name for name in headers if name.startswith("keyclient_")]
    with open("libtls/bindings.h", encoding="utf-8") as unlisted:
        bindings = re.findall(r"\b(s2n_\w+)\(", unlisted.read())
    wanted = [name for name in exports if name.startswith(("s2n_", "keyclient_")) and name not in bindings and name != "s2n_errno"]
    if len(wanted) < 200:
        bad.append("hardly anything is exported")
    bad += [f"{name} has no page" for name in wanted if name not in pages]
    bad += [f"{name} has a page and is not exported" for name in pages if name not in exports]
    bad += [f"the page of {name} says\n  {pages[name]}\nand its header\n  {headers[name]}"
            for name in pages if name in headers and pages[name] != headers[name]]
    installed(wanted, f"{ROOT}/usr/share/man/man3")
    if sum(compile_examples(file, f"{ROOT}/usr/include") for file in glob.glob("man/*.3")) < 20:
        bad.append("hardly any examples")
finally:
    shutil.rmtree(ROOT, ignore_errors=True)
print("\n".join(bad))
sys.exit(1 if bad else 0)
