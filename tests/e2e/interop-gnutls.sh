#!/bin/sh
# The quick form of the matrix with gnutls, and its features; make interop runs all.
python3 tests/interop/interop.py gnutls --quick
