/*
 * A session: what a later handshake needs to resume this one, in two forms of
 * bytes. Its state, which a server seals into a ticket:
 *
 *	1  4: of TLS 1.2 or older
 *	1  protocol version (S2N_TLS12 ...)
 *	2  suite
 *	8  when it began, wall clock, nanoseconds
 *	48 master secret
 *	1  whether with extended master secret
 *
 *	1  2: of TLS 1.3
 *	1  protocol version
 *	2  suite
 *	8  when the ticket was issued, likewise
 *	4  ticket_age_add
 *	1+ the pre-shared key
 *	8  in a ticket: until when what it was derived from may be used
 *	4  most bytes of early data; if that is not 0:
 *	1+ the application protocol
 *	2+ the application's early data context
 *
 * And what an application keeps for s2n_connection_set_session:
 *
 *	1  0: it goes by a session id; 1: by a ticket
 *	1+ the session id, or 2+ the ticket
 *	   the state
 */
#ifndef LIBTLS_SESSION_SESSION_H
#define LIBTLS_SESSION_SESSION_H

#include "base/reader.h"
#include "base/writer.h"
#include "libtls/core/errors.h"
#include "libtls/registry/suite.h"

#define SESSION_SECRET_MAX 48 /* a master secret; SHA-384 */
#define SESSION_ID_MAX 32
/* What a ClientHello holds beside all else. Tickets may be longer, but nobody
 * could give them back: those are thrown away. */
#define SESSION_TICKET_MAX 61440
/* A state without early data's protocol and context. */
#define SESSION_STATE_MAX (64 + SESSION_SECRET_MAX)
#define SESSION_STATE12_SIZE 61

/* What early data is bound to (RFC 8446 4.2.10), and an application's note. */
struct early_terms {
	uint32_t max;              /* bytes; 0: none is allowed */
	const struct suite *suite; /* NULL where max is 0 */
	struct writer protocol;    /* empty: none */
	struct writer context;
};

struct session {
	uint8_t version; /* S2N_TLS13 ...; 0: there is none */
	const struct suite *suite;
	uint64_t issued; /* wall clock, nanoseconds */
	uint8_t secret[SESSION_SECRET_MAX];
	uint8_t secret_len;
	bool extended_master;
	uint32_t age_add;
	uint64_t material_expires; /* likewise; of a server's */
	struct early_terms early;
	/* How the client names it: one of these. */
	uint8_t id[SESSION_ID_MAX];
	uint8_t id_len;
	struct writer ticket;
	uint32_t lifetime; /* seconds, as the server told with the ticket */
};

void early_terms_init(struct early_terms *);
void early_terms_wipe(struct early_terms *);
must_check int early_terms_copy(
    struct early_terms *, const struct early_terms *);

void session_init(struct session *);
void session_wipe(struct session *);
/* One of its own; NULL: no memory. */
struct session *session_new(void);
/* Wipes and frees it, and sets the pointer to NULL, which is fine. */
void session_drop(struct session **);
/* ERR_NOMEM; of one that is too long ERR_SERIALIZED_SESSION. */
must_check int session_set_ticket(struct session *, struct slice);

/* The state of a ticket (sealed) or of a client's copy. */
void session_write_state(const struct session *, bool sealed, struct writer *);
/* Takes all of a state; false when it is none. */
must_check bool session_read_state(
    struct slice state, bool sealed, struct session *);

/* What the application keeps; nothing is written if the session has neither
 * ticket nor id. */
void session_write(const struct session *, struct writer *);
/* ERR_SERIALIZED_SESSION. */
must_check int session_read(struct slice, struct session *);

#endif
