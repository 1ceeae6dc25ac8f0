/*
 * How a connection ends when a call fails: the alert, the closed directions,
 * the blinding delay (Guide: Blinding).
 */
#ifndef LIBTLS_ENDING_H
#define LIBTLS_ENDING_H

#include "libtls/state/connection.h"

/*
 * What every I/O call does with its result: nothing for 0 and for waiting,
 * whose kind goes to blocked; else the connection is ended. Gives back code.
 */
int ending_judge(
    struct s2n_connection *, int code, s2n_blocked_status *blocked);
/* Nanoseconds that are left of a blinding delay; UINT64_MAX without a clock. */
uint64_t ending_delay(const struct s2n_connection *);

#endif
