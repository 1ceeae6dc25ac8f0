/*
 * Installing the keys of TLS 1.2 and older; the contract is in keys12.h.
 */
#include "libtls/handshake/keys12.h"

#include <openssl/crypto.h>

#include "libtls/handshake/keylog.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/transcript.h"
#include "libtls/record/protect12.h"

struct terms
keys12_terms(const struct s2n_connection *conn)
{
	return (struct terms){
		.version = conn->version,
		.digest = conn->suite->digest,
		.client_random = conn->hs->client_random,
		.server_random = conn->hs->server_random,
	};
}

static int
derive_master(struct s2n_connection *conn, const struct terms *terms)
{
	struct handshake *hs = conn->hs;
	struct slice premaster =
	    slice_of(hs->exchange.secret, hs->exchange.secret_len);
	uint8_t hash[DIGEST_MAX];
	int r;

	if (!hs->extended_master)
		return schedule12_master(terms, premaster, conn->master);
	if ((r = transcript_hash(&hs->transcript, hash)) != 0)
		return r;
	return schedule12_extended_master(terms, premaster,
	    slice_of(hash, hs->transcript.hash.digest->size), conn->master);
}

static int
derive_block(struct s2n_connection *conn, const struct terms *terms)
{
	struct handshake *hs = conn->hs;
	size_t len = protection12_block_size(conn->suite, conn->version);

	keylog_master(conn, conn->master);
	memcpy(conn->randoms[S2N_CLIENT], hs->client_random, RANDOM_SIZE);
	memcpy(conn->randoms[S2N_SERVER], hs->server_random, RANDOM_SIZE);
	if (len > sizeof hs->keys12.block)
		return fail(ERR_SAFETY);
	return schedule12_key_block(terms, conn->master, hs->keys12.block, len);
}

int
keys12_resume(struct s2n_connection *conn)
{
	struct terms terms = keys12_terms(conn);

	transcript_forget(&conn->hs->transcript);
	return derive_block(conn, &terms);
}

int
keys12_master(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	struct exchange *exchange = &hs->exchange;
	struct terms terms = keys12_terms(conn);
	int r;

	r = derive_master(conn, &terms);
	OPENSSL_cleanse(exchange->secret, exchange->secret_len);
	exchange->secret_len = 0;
	group_key_wipe(&exchange->key);
	dhe_key_wipe(&exchange->dhe);
	return r != 0 ? r : derive_block(conn, &terms);
}

static int
switch_half(struct s2n_connection *conn, s2n_mode owner)
{
	const uint8_t *block = conn->hs->keys12.block;
	int r;

	if (conn->mode == owner)
		return protection_set12(&conn->records.out, conn->suite,
		    conn->version, AEAD_SEALS, owner, block);
	/* Nothing of the record may follow under the old key. */
	if ((r = message_boundary(conn)) != 0)
		return r;
	return protection_set12(&conn->records.in, conn->suite, conn->version,
	    AEAD_OPENS, owner, block);
}

int
keys12_switch_client(struct s2n_connection *conn)
{
	return switch_half(conn, S2N_CLIENT);
}

int
keys12_switch_server(struct s2n_connection *conn)
{
	return switch_half(conn, S2N_SERVER);
}
