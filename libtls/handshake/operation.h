/*
 * The private-key operation: at once with a key of ours, or through the
 * application's asynchronous callback (Guide: Private Key Operation Related
 * Calls; unstable/pkey_binding.h).
 */
#ifndef LIBTLS_HANDSHAKE_OPERATION_H
#define LIBTLS_HANDSHAKE_OPERATION_H

#include "libtls/state/connection.h"
#include "libtls/unstable/pkey_binding.h"

/* What is to be done. All is copied before operation_result returns. */
struct operation_request {
	struct s2n_cert_chain_and_key *chain;
	/* To sign scheme_input()'s input. NULL: to decrypt the binding's
	 * ciphertext, a premaster secret. */
	const struct scheme *scheme;
	struct slice input;
	struct s2n_pkey_binding binding;
};

/*
 * The output, borrowed until operation_release(); ERR_WANT_KEY while it is
 * pending: ask again with the same request. What an application decrypted is
 * for premaster_accept() to judge.
 */
must_check int operation_result(struct s2n_connection *,
    const struct operation_request *, struct slice *output);
/* Forgets the operation; one that is pending becomes an orphan. */
void operation_release(struct handshake *);

#endif
