/*
 * Peers that have pre-shared keys of the application's, for the tests of who
 * offers, chooses and proves them.
 */
#ifndef TESTS_KEYED_H
#define TESTS_KEYED_H

#include "tests/unit/peers.h"

#define KEYS_MAX 4
#define SHA256 S2N_PSK_HMAC_SHA256
#define SHA384 S2N_PSK_HMAC_SHA384

struct key {
	const char *name; /* NULL: the end of a list */
	const char *secret;
	s2n_psk_hmac hmac;
};

/* Lists: "name"; with "other" behind it; with "other", of SHA-384, before. */
extern const struct key keyed_one[KEYS_MAX], keyed_two[KEYS_MAX];
extern const struct key keyed_mixed[KEYS_MAX];

/* The caller's. */
struct s2n_psk *keyed_make(const struct key *);
/* The connection has its own. */
void keyed_give(struct s2n_connection *, const struct key *);

/* Peers whose connections, also later ones, have these; NULL: none. */
void keyed_open(struct peers *, const struct peers_spec *,
    const struct key *client, const struct key *server);
/* What they have, and who gives it to them: peers_spec.prepare. */
extern const struct key *keyed_client, *keyed_server;
void keyed_give_both(struct peers *);

/* A handshake, then data both ways. */
void keyed_converse(struct peers *, const char *what);
/* What both sides say that they agreed on; NULL: a full handshake. */
void keyed_agreed(struct peers *, const char *name, const char *what);

/* Both sides have session tickets; the client's session, of the bytes given. */
void keyed_use_tickets(struct peers *);
int keyed_take_session(struct peers *, uint8_t *blob, size_t max);

/* A call failed, and with this error. */
void keyed_error(int result, const char *name);

#endif
