/*
 * A test double of the few library calls that ipc/keyclient.c makes: ops are
 * plain structs whose fate a test can look at.
 */
#ifndef TESTS_FAKE_S2N_H
#define TESTS_FAKE_S2N_H

#include <s2n.h>

#include <unstable/pkey_binding.h>

#include "base/slice.h"

struct s2n_async_pkey_op {
	struct s2n_pkey_binding binding; /* what it is for */
	uint8_t output[64];
	uint32_t output_len;
	bool failed, applied, freed, cancelled;
};
struct s2n_cert_chain_and_key {
	void *ctx;
};
struct s2n_connection {
	struct s2n_cert_chain_and_key *cert;
};
struct s2n_config {
	s2n_async_pkey_fn sign;
};

#endif
