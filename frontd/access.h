/*
 * The access log: one line when a connection ends, whatever became of it. The
 * manual page of frontd(8) has its keys, under "session".
 */
#ifndef FRONTD_ACCESS_H
#define FRONTD_ACCESS_H

#include <sys/socket.h>

#include "base/log.h"
#include "frontd/identity.h"
#include "libtls/s2n.h"

/* Monotonic, but for the start, which is told as it was. */
struct access_times {
	struct timespec began;
	uint64_t began_us;
	uint64_t agreed_us; /* handshake complete; 0: it never was */
	uint64_t key_us;    /* how long it waited for keyd, in all */
};

/* All borrowed. */
struct access_line {
	struct s2n_connection *conn;
	const struct sockaddr_storage *peer;
	const char *site, *policy;
	const struct identity *client; /* NULL: none was shown */
	const char *early;             /* "taken", "refused", "-" */
	const char *end;               /* why */
	const struct access_times *times;
};

/* The address as text. */
const char *access_peer(const struct sockaddr_storage *, char *, size_t room);
/* It begins now. */
void access_begin(struct access_times *);
/* It ends now. */
void access_log(enum log_level, const struct access_line *);

#endif
