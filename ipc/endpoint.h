/*
 * A Unix socket by its path: where keyd's masters arrive, and where a daemon is
 * administered.
 */
#ifndef IPC_ENDPOINT_H
#define IPC_ENDPOINT_H

#include <sys/types.h>

#include "base/slice.h"

struct endpoint {
	const char *program; /* whose it is, for what is said */
	const char *path;
	int type;    /* SOCK_SEQPACKET or SOCK_STREAM */
	mode_t mode; /* of the file; who may talk is for the caller to decide */
	int backlog;
};

/*
 * A listening socket, in place of one that nobody serves any more; non-blocking
 * and closed on exec. -1 after saying why on standard error: another process
 * serves it, it is no socket, or what the system says.
 */
must_check int endpoint_listen(const struct endpoint *);

#endif
