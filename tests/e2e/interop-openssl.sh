#!/bin/sh
# Each certificate type, suite and group once with openssl; make interop runs them all.
SHORT=1 sh tests/interop/openssl.sh
