/*
 * Extensions (RFC 8446 4.2), as a table: where each may stand, when we send it,
 * how it is built and parsed. Received blocks are put into slots first (twice
 * the same, or in the wrong message, is refused), then processed in the table's
 * order, each to its last byte.
 */
#ifndef LIBTLS_EXTENSION_EXTENSION_H
#define LIBTLS_EXTENSION_EXTENSION_H

#include "libtls/state/connection.h"

/* The messages of the table in RFC 8446 4.2. */
enum where {
	IN_CLIENT_HELLO = 1,
	IN_SERVER_HELLO = 2,
	IN_HELLO_RETRY = 4,
	IN_ENCRYPTED = 8,
	IN_CERTIFICATE = 16,
	IN_CERTIFICATE_REQUEST = 32,
	IN_NEW_TICKET = 64,
	IN_SERVER_HELLO12 = 128 /* of TLS 1.2 and older */
};

struct extension {
	uint16_t number;      /* IANA, TLS ExtensionType Values */
	unsigned may_stand;   /* enum where, or'ed */
	unsigned unsolicited; /* where it may come though we did not send it */
	/* Whether we send it here, now. */
	bool (*wanted)(const struct s2n_connection *, enum where);
	void (*build)(struct s2n_connection *, enum where, struct writer *);
	/* Takes values; ERR_DECODE is not its to say for what is left over. */
	int (*parse)(struct s2n_connection *, enum where, struct reader *);
};

/* Appends the extensions block, its length included. */
must_check int extension_build(
    struct s2n_connection *, enum where, struct writer *);
/* Whether a block's content is sound, each number in it once. */
must_check int extension_check(struct slice block);
/* The data of one in a block that is; false when it is not there. */
bool extension_find(struct slice block, uint16_t number, struct slice *data);
/* Takes a block's content, its length not included. */
must_check int extension_parse(
    struct s2n_connection *, enum where, struct slice block);

#endif
