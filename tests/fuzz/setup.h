/*
 * What a fuzzed client and server are configured to do: one row, one kind of
 * handshake. Configurations and their certificates are made once a process.
 */
#ifndef TESTS_FUZZ_SETUP_H
#define TESTS_FUZZ_SETUP_H

#include "libtls/state/config.h"
#include "tests/unit/certs.h"

#define SETUP_HOST "localhost"

struct setup {
	uint8_t version; /* S2N_TLS13 ...; 0: all of them */
	uint16_t suite;  /* 0: all */
	enum certs_key key;
	s2n_cert_auth_type auth; /* what the server asks of the client */
	bool client_cert;
	bool retry; /* the server wants another group */
};

/* The number-th row of a version, counted round; 0: the row for all of them. */
const struct setup *setup_row(uint8_t version, unsigned number);
size_t setup_count(uint8_t version);

struct s2n_config *setup_client(const struct setup *);
struct s2n_config *setup_server(const struct setup *);

/* Makes all of them, so that no run of a target does. */
void setup_all(void);

/* What all of them have in common: clocks, trust, protocols; under a preference
 * that stays the caller's. And a chain for one, that its caller keeps. */
struct s2n_config *setup_config(const struct preference *);
struct s2n_cert_chain_and_key *setup_chain(
    struct s2n_config *, enum certs_key, const char *name);

/* What the configurations trust, and a chain under it: as PEM. */
const struct certs_cert *setup_ca(void);
const struct certs_cert *setup_leaf(enum certs_key, const char *name);

#endif
