#!/bin/sh
# The quick form of the matrix with curl, and its features; make interop runs all.
python3 tests/interop/interop.py curl --quick
