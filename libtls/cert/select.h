/*
 * Which of a server's chains serves a name (RFC 6066 3): an exact name, then a
 * wildcard in the left-most label, then the default of each key kind.
 */
#ifndef LIBTLS_CERT_SELECT_H
#define LIBTLS_CERT_SELECT_H

#include "libtls/cert/chain.h"
#include "libtls/registry/preference.h"

/* All of a config's chains, and an index by name. */
struct cert_store;

/* One chain a key kind; a slot is NULL when there is none. */
struct cert_choice {
	struct s2n_cert_chain_and_key *chain[KEY_KINDS];
	s2n_cert_sni_match match;
};

enum cert_owner { CERT_OWNER_NONE, CERT_OWNER_LIBRARY, CERT_OWNER_APPLICATION };

struct cert_store *cert_store_new(void);
/* Frees the chains too that the library owns. */
void cert_store_free(struct cert_store *);
/* Forgets and frees the chains that the library owns, if it owns any. */
void cert_store_free_owned(struct cert_store *);
enum cert_owner cert_store_owner(const struct cert_store *);

/*
 * Adds a loaded chain, the first of its key kind becoming the default. All
 * chains of a store have one kind of owner (ERR_CERT_OWNERSHIP). tiebreak may
 * be NULL: the first added keeps a name. On failure the chain is the caller's.
 */
must_check int cert_store_add(struct cert_store *,
    struct s2n_cert_chain_and_key *, enum cert_owner,
    s2n_cert_tiebreak_callback tiebreak);
/* As s2n_config_set_cert_chain_and_key_defaults. */
must_check int cert_store_set_defaults(
    struct cert_store *, struct s2n_cert_chain_and_key **, uint32_t count);
/* Whether all of its chains fit the policy: validate_own. */
must_check int cert_store_check(
    const struct cert_store *, const struct preference *);
size_t cert_store_count(const struct cert_store *);
size_t cert_store_default_count(const struct cert_store *);
/* True when a chain has no private key in this process. */
bool cert_store_lacks_key(const struct cert_store *);

/*
 * The chains for a name (any case; NO_BYTES when the client sent none). A name
 * that matches some chain does not fall back to the defaults for the key kinds
 * that it lacks.
 */
void cert_store_choose(
    const struct cert_store *, struct slice name, struct cert_choice *);

#endif
