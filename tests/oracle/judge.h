/*
 * Whether an answer of a signer is right: an own reading of requests, which
 * shares no line with keyd's, of layouts as keyd-protocol(7) has them.
 */
#ifndef TESTS_ORACLE_JUDGE_H
#define TESTS_ORACLE_JUDGE_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"

/* A key of a channel, as KEYS told of it, and its public half. */
struct oracle_key {
	struct keyproto_key told;
	EVP_PKEY *key;
};

/*
 * NULL: the signature is one of the request's TLS content, which nothing else
 * can be, and of none of the other bytes that the request is made of; or on a
 * channel of digests, one of just the digest that was asked for; else what is
 * wrong. The request is one of SIGN13, SIGN12, SIGN12CV and SIGNDIGEST,
 * answered OK on a channel of this role, where these keys may be used. also:
 * what it must not be a signature of, either, or nothing; of a digest it is not
 * asked.
 */
const char *judge_signature(enum keyproto_role, const struct oracle_key *keys,
    size_t key_count, uint16_t type, struct slice payload,
    struct slice signature, struct slice also);

/* How many verifications there were, of what must and what must not be. */
extern uint64_t judge_verified, judge_not_verified;

#endif
