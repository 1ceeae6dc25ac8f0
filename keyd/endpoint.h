/*
 * The socket at which keyd's masters arrive.
 */
#ifndef KEYD_ENDPOINT_H
#define KEYD_ENDPOINT_H

#include "base/slice.h"

/*
 * A listening SOCK_SEQPACKET socket at path, in place of one that nobody serves
 * any more. -1 after saying why on standard error: another keyd serves it, it
 * is no socket, or what the system says.
 */
must_check int endpoint_listen(const char *path, int backlog);

#endif
