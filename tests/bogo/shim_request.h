/*
 * What servers say when they ask for a certificate: the authorities that ours
 * names, and what our client expects to read.
 */
#ifndef TESTS_BOGO_SHIM_REQUEST_H
#define TESTS_BOGO_SHIM_REQUEST_H

#include <s2n.h>

#include "tests/bogo/shim_options.h"

/*
 * Sets up both, as far as the flags want it. pair is what our client answers
 * with. What does not hold ends the handshake, and is said on stderr.
 */
bool request_configure(struct s2n_config *, const struct options *,
    struct s2n_cert_chain_and_key *pair);
/* Whether what was expected was asked at all. */
bool request_seen(const struct options *);

#endif
