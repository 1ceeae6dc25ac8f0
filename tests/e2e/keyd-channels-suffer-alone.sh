#!/bin/sh
# Packets that are none end their own channel, and what is asked beyond a
# client's rate is refused on its own channel, while another signs on. `make
# malformed` sends a million, `make quota` also looks at the time.
set -eu
sh tests/oracle/abuse.sh malformed 2000
sh tests/oracle/abuse.sh quota 0
