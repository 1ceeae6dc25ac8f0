/*
 * A connection's transport buffers, while it is idle (Guide: Connection
 * memory).
 */
#ifndef LIBTLS_BUFFERS_H
#define LIBTLS_BUFFERS_H

#include "libtls/state/connection.h"

/* At the end of each I/O call: frees them if that is wanted and can be. */
void buffers_rest(struct s2n_connection *);

#endif
