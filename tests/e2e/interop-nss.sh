#!/bin/sh
# Each version, suite, certificate type and group once with NSS; make interop runs them all.
python3 tests/interop/interop.py nss --quick
