#!/bin/sh
# Each certificate type, suite and group once with gnutls; make interop runs them all.
SHORT=1 sh tests/interop/gnutls.sh
