/*
 * The PROXY protocol, version 2, and what there is of version 1: who the client
 * is and what its TLS agreed on, told to a backend before the first byte.
 * Written by frontd-worker, read by frontd-page. It knows sockets' addresses
 * and texts, not TLS.
 */
#ifndef FRONTD_PROXY_H
#define FRONTD_PROXY_H

#include <sys/socket.h>

#include "base/writer.h"

#define PROXY_FIXED 16 /* what comes before the length it tells */
#define PROXY_HEADER_MAX (PROXY_FIXED + 65535)
#define PROXY_TEXT_MAX 256

/* What a header tells of TLS; texts are empty where it tells nothing. */
struct proxy_info {
	char version[PROXY_TEXT_MAX]; /* "TLSv1.3" */
	char cipher[PROXY_TEXT_MAX];
	char scheme[PROXY_TEXT_MAX];
	char group[PROXY_TEXT_MAX];
	char name[PROXY_TEXT_MAX];
	char alpn[PROXY_TEXT_MAX];
	char policy[PROXY_TEXT_MAX];      /* of libtls, by name */
	bool verified;                    /* a certificate of the client's */
	char common_name[PROXY_TEXT_MAX]; /* its */
	struct slice certificate;         /* DER; borrowed */
};

/* Copies a text, cut to fit; NULL is no text. */
void proxy_set(char text[PROXY_TEXT_MAX], const char *);

/* Appends the header of a TLS connection between two addresses. */
void proxy_write(struct writer *, const struct proxy_info *,
    const struct sockaddr_storage *peer, const struct sockaddr_storage *local);

/* Likewise in version 1, a line of text: it tells the addresses alone. */
#define PROXY_LINE_MAX 107
void proxy_write_v1(struct writer *, const struct sockaddr_storage *peer,
    const struct sockaddr_storage *local);

/* Bytes of the whole header, from its first PROXY_FIXED; 0: not a header. */
size_t proxy_length(const uint8_t fixed[PROXY_FIXED]);
/*
 * Takes a whole header apart. False, and every text empty, unless all of it is
 * well formed; what is well formed and unknown is passed over.
 */
must_check bool proxy_parse(struct slice header, struct proxy_info *);

#endif
