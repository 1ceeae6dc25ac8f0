/*
 * Pre-shared keys of TLS 1.3 (RFC 8446 4.2.11): one that the application
 * brought (external), or the one of a session.
 */
#ifndef LIBTLS_SESSION_PSK_H
#define LIBTLS_SESSION_PSK_H

#include "libtls/session/session.h"

/* PskIdentity.identity, and what a secret may have. */
#define PSK_BYTES_MAX UINT16_MAX

struct s2n_psk {
	bool external;
	struct writer identity;
	struct writer secret;
	const struct digest *digest; /* that it is used with */
	struct early_terms early;
	/* Of a session: */
	uint64_t issued; /* wall clock, nanoseconds */
	uint32_t age_add;
	uint64_t material_expires; /* likewise; a server's */
};

/* Those of a connection, the first preferred. Empty when zeroed. */
struct psk_list {
	struct s2n_psk **psks; /* owned */
	size_t count;
};

/* NULL: no memory. */
struct s2n_psk *psk_new(bool external);
struct s2n_psk *psk_copy(const struct s2n_psk *);
/* Of a TLS 1.3 session, by its ticket. */
struct s2n_psk *psk_of_session(const struct session *, struct slice ticket);
/* Wipes it; NULL is fine. */
void psk_free(struct s2n_psk *);

/* Takes it over, also when it fails: ERR_NOMEM for NULL, too. */
must_check int psk_list_add(struct psk_list *, struct s2n_psk *);
/* NULL: there is none. */
struct s2n_psk *psk_list_find(const struct psk_list *, struct slice identity);
void psk_list_clear(struct psk_list *);
/* Only one of them, without its secret: what the connection was agreed with. */
void psk_list_keep(struct psk_list *, const struct s2n_psk *);

/* Empty of none at all. */
static inline struct slice
psk_secret(const struct s2n_psk *psk)
{
	return psk == NULL ? NO_BYTES
			   : slice_of(psk->secret.data, psk->secret.len);
}

/* That its early data is for. */
static inline struct slice
psk_protocol(const struct s2n_psk *psk)
{
	return slice_of(psk->early.protocol.data, psk->early.protocol.len);
}

static inline struct slice
psk_identity(const struct s2n_psk *psk)
{
	return slice_of(psk->identity.data, psk->identity.len);
}

#endif
