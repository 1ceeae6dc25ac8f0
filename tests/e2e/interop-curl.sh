#!/bin/sh
# Each certificate type, suite and group once with curl; make interop runs them all.
SHORT=1 sh tests/interop/curl.sh
