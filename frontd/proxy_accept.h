/*
 * The PROXY protocol on the listening side: the header, version 1 or 2, with
 * which a proxy that is trusted begins a connection, and which says whose it
 * is. Told in pieces, and never read beyond its end: TLS begins there.
 */
#ifndef FRONTD_PROXY_ACCEPT_H
#define FRONTD_PROXY_ACCEPT_H

#include <sys/socket.h>

#include "base/slice.h"
#include "frontd/control.h"

/* Longer ones are refused, whatever they may tell besides addresses. */
#define PROXY_ACCEPT_MAX 2048

enum proxy_accept {
	PROXY_ACCEPT_MORE,
	PROXY_ACCEPT_WHOLE,
	PROXY_ACCEPT_BAD,
	PROXY_ACCEPT_GONE /* the proxy is, before all of it came */
};

/* A header, as far as it has come. */
struct proxy_coming {
	size_t len;
	uint8_t bytes[PROXY_ACCEPT_MAX];
};

/* What has come of a header. MORE: *want bytes more are of it for sure. */
enum proxy_accept proxy_accept_look(struct slice come, size_t *want);
/* Goes on with it, without waiting, and never reads a byte behind it. */
enum proxy_accept proxy_accept_read(struct proxy_coming *, int fd);
/*
 * A whole header: the client's end and ours, as it tells them, or family 0 when
 * it speaks for itself (LOCAL, UNKNOWN). False when it is malformed.
 */
must_check bool proxy_accept_take(struct slice header,
    struct sockaddr_storage *peer, struct sockaddr_storage *local);

/* "192.0.2.0/24", "2001:db8::/32", an address alone. */
must_check bool proxy_network_parse(const char *text, struct control_network *);
bool proxy_network_has(
    const struct control_network *, const struct sockaddr_storage *);

#endif
