/*
 * Key schedule of TLS 1.2 and older; the contract is in schedule12.h.
 */
#include "libtls/handshake/schedule12.h"

#include "libtls/handshake/transcript.h"

#define TLS_FINISHED 12
#define SSLV3_FINISHED 36

const struct digest *
schedule12_digest(uint8_t version, const struct digest *suites)
{
	return version >= S2N_TLS12 ? suites : &digest_md5_sha1;
}

int
schedule12_master(const struct terms *terms, struct slice premaster,
    uint8_t master[MASTER_SECRET_SIZE])
{
	const struct slice seed[] = {
		slice_of(terms->client_random, RANDOM_SIZE),
		slice_of(terms->server_random, RANDOM_SIZE),
	};

	return prf(terms->version, terms->digest, premaster, "master secret",
	    seed, COUNT(seed), master, MASTER_SECRET_SIZE);
}

int
schedule12_extended_master(const struct terms *terms, struct slice premaster,
    struct slice session_hash, uint8_t master[MASTER_SECRET_SIZE])
{
	return prf(terms->version, terms->digest, premaster,
	    "extended master secret", &session_hash, 1, master,
	    MASTER_SECRET_SIZE);
}

int
schedule12_key_block(const struct terms *terms,
    const uint8_t master[MASTER_SECRET_SIZE], uint8_t *block, size_t len)
{
	/* RFC 5246 6.3: the server's random comes first here. */
	const struct slice seed[] = {
		slice_of(terms->server_random, RANDOM_SIZE),
		slice_of(terms->client_random, RANDOM_SIZE),
	};

	return prf(terms->version, terms->digest,
	    slice_of(master, MASTER_SECRET_SIZE), "key expansion", seed,
	    COUNT(seed), block, len);
}

int
schedule12_finished(const struct terms *terms,
    const uint8_t master[MASTER_SECRET_SIZE],
    const struct transcript *transcript, s2n_mode sender, uint8_t out[],
    uint8_t *len)
{
	bool server = sender == S2N_SERVER;
	uint8_t hash[DIGEST_MAX];
	struct slice seed;
	int r;

	if (terms->version == S2N_SSLv3) {
		*len = SSLV3_FINISHED;
		return hasher_peek_sslv3(&transcript->hash,
		    slice_of_string(server ? "SRVR" : "CLNT"), master, out);
	}
	*len = TLS_FINISHED;
	if ((r = transcript_hash(transcript, hash)) != 0)
		return r;
	seed = slice_of(hash, transcript->hash.digest->size);
	return prf(terms->version, terms->digest,
	    slice_of(master, MASTER_SECRET_SIZE),
	    server ? "server finished" : "client finished", &seed, 1, out,
	    *len);
}
