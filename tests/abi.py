#!/usr/bin/env python3
"""The binary interface of libs2n as text, out of the library itself: what each
exported name is by its DWARF, as abidw (abigail-tools) reads it, and what the
types come to that it takes. tests/abi.py LIBRARY prints it; with a second
argument compares it with that file, and with --update writes the file."""
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

HEADERS = ["libtls/s2n.h", "libtls/bindings.h", "libtls/unstable"]
# What an interface is made of, besides our own.
PLAIN = "typedef-decl enum-decl class-decl union-decl type-decl function-type pointer-type-def " \
        "qualified-type-def array-type-def".split()


def read(library):
    """The library as abidw describes it; structs of no public header have no members there."""
    with tempfile.TemporaryDirectory() as folder:
        for header in HEADERS:
            (shutil.copytree if os.path.isdir(header) else shutil.copy)(
                header, f"{folder}/{os.path.basename(header)}")
        return tree.fromstring(subprocess.run(
            ["abidw", "--headers-dir", folder, "--drop-private-types", "--no-show-locs", library],
            check=True, capture_output=True).stdout)


class Interface:
    def __init__(self, corpus):
        self.types = {}
        for unit in corpus.iter("abi-instr"):
            for node in unit:
                if node.tag in PLAIN:
                    known = self.types.get(node.get("id"))
                    if known is None or known.get("is-declaration-only"):
                        self.types[node.get("id")] = node
        self.symbols = {node.get("name"): node for node in corpus.iter("elf-symbol")}
        self.nodes = {node.get("name"): node for unit in corpus.iter("abi-instr") for node in unit
                      if node.tag in ("function-decl", "var-decl")}
        self.wanted, self.told = [], set()

    def want(self, number):
        """The type is to be told, too."""
        if number not in self.told:
            self.told.add(number)
            self.wanted.append(number)

    def spell(self, number, name=""):
        """A declaration of the name with the type, as C has it."""
        node = self.types[number]
        if node.tag == "pointer-type-def":
            target = self.types[node.get("type-id")]
            return self.spell(node.get("type-id"), f"(*{name})" if target.tag == "function-type" else f"*{name}")
        if node.tag == "qualified-type-def":
            word = " ".join(kind for kind in ("const", "volatile") if node.get(kind) == "yes")
            target = self.types[node.get("type-id")]
            if target.tag == "pointer-type-def":
                return self.spell(node.get("type-id"), f"{word} {name}")
            return f"{word} {self.spell(node.get('type-id'), name)}"
        if node.tag == "function-type":
            return self.spell(node.find("return").get("type-id"), f"{name}({self.takes(node)})")
        if node.tag == "array-type-def":
            return self.spell(node.get("type-id"), f"{name}[{node.find('subrange').get('length')}]")
        self.want(number)
        kind = {"enum-decl": "enum ", "class-decl": "struct ", "union-decl": "union "}.get(node.tag, "")
        return f"{kind}{node.get('name')} {name}".rstrip()

    def takes(self, node):
        words = ["..." if each.get("is-variadic") else self.spell(each.get("type-id"))
                 for each in node.findall("parameter")]
        return ", ".join(words) or "void"

    def of_symbol(self, name):
        node, kind = self.nodes[name], self.symbols[name].get("type")
        if node.tag == "function-decl":
            return self.spell(node.find("return").get("type-id"), f"{name}({self.takes(node)})")
        return f"{'__thread ' if kind == 'tls-type' else ''}{self.spell(node.get('type-id'), name)}"

    def of_type(self, number):
        """Lines on a type; none on what C or POSIX has."""
        node = self.types[number]
        name = node.get("name")
        if node.tag == "typedef-decl":
            target = self.types[node.get("type-id")]
            if target.tag == "enum-decl" and target.get("naming-typedef-id") == number:
                return [f"typedef enum {name}", *self.members_of_enum(target)]
            return [f"typedef {self.spell(node.get('type-id'), name)}"]
        if node.tag == "enum-decl":
            return [f"enum {name}", *self.members_of_enum(node)]
        if node.tag != "class-decl" or node.find("data-member") is None:
            return [f"struct {name}, opaque"] if node.tag == "class-decl" else []
        return [f"struct {name}, {int(node.get('size-in-bits')) // 8} bytes",
                *(f"\t{int(each.get('layout-offset-in-bits')) // 8}: " +
                  self.spell(each.find("var-decl").get("type-id"), each.find("var-decl").get("name"))
                  for each in node.findall("data-member"))]

    @staticmethod
    def members_of_enum(node):
        return [f"\t{each.get('name')} = {each.get('value')}" for each in node.findall("enumerator")]

    def text(self, soname):
        lines = [f"{soname}"] + [self.of_symbol(name) for name in sorted(self.symbols)]
        types = []
        while self.wanted:
            number = self.wanted.pop()
            lines_of_it = self.of_type(number)
            name = self.types[number].get("name")
            if lines_of_it and name.startswith(("s2n_", "HANDSHAKE_")):
                types.append(lines_of_it)
        return "\n".join(lines + sum(sorted(types, key=lambda each: each[0].split()[1:] + each), [])) + "\n"


def main(library, golden=None, update=False):
    corpus = read(library)
    text = Interface(corpus).text(corpus.get("soname"))
    if golden is None:
        sys.stdout.write(text)
        return 0
    if update:
        with open(golden, "w", encoding="ascii") as file:
            file.write(text)
        return 0
    if subprocess.run(["diff", "-u", golden, "-"], input=text.encode(), check=False).returncode != 0:
        print(f"the binary interface is another; if that is meant: make abi UPDATE=--update")
        return 1
    print(f"{len(text.splitlines())} lines of {golden}: as before")
    return 0


sys.exit(main(*sys.argv[1:3], update="--update" in sys.argv[3:]))
