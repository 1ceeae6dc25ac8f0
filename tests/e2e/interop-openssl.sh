#!/bin/sh
# The quick form of the matrix with openssl, and its features; make interop runs all.
python3 tests/interop/interop.py openssl --quick
