#!/bin/sh
# Of ten thousand requests of each kind, right ones and wrong, and formats that
# others sign in each place of them, every answer is a signature of TLS content,
# and of nothing else. `make oracle` asks a million times.
set -eu
exec sh tests/oracle/oracle.sh 10000
