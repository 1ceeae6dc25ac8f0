#!/bin/sh
# The quick form of the matrix with nss, and its features; make interop runs all.
python3 tests/interop/interop.py nss --quick
