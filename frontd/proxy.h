/*
 * The PROXY protocol, version 2: who the client is and what its TLS agreed on,
 * told to a backend before the first byte. Written by frontd-worker, read by
 * frontd-page.
 */
#ifndef FRONTD_PROXY_H
#define FRONTD_PROXY_H

#include <sys/socket.h>

#include "base/writer.h"
#include "libtls/s2n.h"

#define PROXY_HEADER_MAX 1024
#define PROXY_FIXED 16 /* what comes before the length it tells */
#define PROXY_TEXT_MAX 256

/* Appends the header of a negotiated connection between two addresses. */
void proxy_write(struct writer *, struct s2n_connection *,
    const struct sockaddr_storage *peer, const struct sockaddr_storage *local);

/* What a header told; texts are empty where it told nothing. */
struct proxy_info {
	char version[PROXY_TEXT_MAX];
	char cipher[PROXY_TEXT_MAX];
	char scheme[PROXY_TEXT_MAX];
	char group[PROXY_TEXT_MAX];
	char name[PROXY_TEXT_MAX];
	char alpn[PROXY_TEXT_MAX];
};

/* Bytes of the whole header, from its first PROXY_FIXED; 0: not a header. */
size_t proxy_length(const uint8_t fixed[PROXY_FIXED]);
must_check bool proxy_parse(struct slice header, struct proxy_info *);

#endif
