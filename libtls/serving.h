/*
 * What a server's config comes to: which suite works with which chain in which
 * version, and what it then asks of the chain's key. What one client offers is
 * choose.c's business.
 */
#ifndef LIBTLS_SERVING_H
#define LIBTLS_SERVING_H

#include "libtls/state/config.h"

/*
 * S2N_PKEY_NEED_ flags of unstable/pkey_binding.h, or'ed; 0 when the suite does
 * not work: the version or the kind of key is another's, or a group, a scheme
 * or the Diffie-Hellman parameters are missing.
 */
uint32_t serving_needs(const struct s2n_config *, const struct suite *,
    const struct s2n_cert_chain_and_key *, uint8_t version);

#endif
