/*
 * The private-key operation: at once with a key of ours, or through the
 * application's asynchronous callback (Guide: Private Key Operation Related
 * Calls; unstable/pkey_binding.h).
 */
#ifndef LIBTLS_HANDSHAKE_SIGN_H
#define LIBTLS_HANDSHAKE_SIGN_H

#include "libtls/state/connection.h"
#include "libtls/unstable/pkey_binding.h"

/* What is to be signed. All is copied before sign_result returns. */
struct sign_request {
	const struct scheme *scheme;
	struct s2n_cert_chain_and_key *chain;
	const uint8_t *digest; /* scheme->digest->size bytes */
	struct s2n_pkey_binding binding;
};

/*
 * The signature, borrowed until sign_release(); ERR_WANT_KEY while the
 * operation is pending: ask again with the same request.
 */
must_check int sign_result(struct s2n_connection *, const struct sign_request *,
    struct slice *signature);
/* Forgets the operation; one that is pending becomes an orphan. */
void sign_release(struct handshake *);

#endif
