/*
 * The key derivation of TLS 1.2 and older; the contract is in prf.h.
 */
#include "libtls/crypto/prf.h"

#include <openssl/crypto.h>

#include "base/writer.h"
#include "libtls/s2n.h"

/*
 * P_hash (RFC 5246 5), laid over what out holds: A(i) stands before the seed in
 * one buffer, so that each step hashes one piece.
 */
static int
p_hash(const struct digest *digest, struct slice secret, struct slice seed,
    uint8_t *out, size_t len)
{
	uint8_t chain[DIGEST_MAX + PRF_SEED_MAX], block[DIGEST_MAX];
	size_t size = digest->size;
	struct hmac_key key;
	int r;

	memcpy(chain + size, seed.data, seed.len);
	if ((r = hmac_key_set(&key, digest, secret)) == 0)
		r = hmac_with(&key, seed, chain);
	for (size_t done = 0; r == 0 && done < len;) {
		size_t part = len - done < size ? len - done : size;

		r = hmac_with(&key, slice_of(chain, size + seed.len), block);
		for (size_t i = 0; r == 0 && i < part; i++)
			out[done + i] ^= block[i];
		done += part;
		if (r == 0 && done < len)
			r = hmac_with(&key, slice_of(chain, size), chain);
	}
	OPENSSL_cleanse(chain, sizeof chain);
	OPENSSL_cleanse(block, sizeof block);
	return r == 0 ? 0 : fail(ERR_PRF);
}

/* RFC 4346 5: the halves of the secret share its middle byte. */
static int
two_hashes(struct slice secret, struct slice seed, uint8_t *out, size_t len)
{
	size_t half = (secret.len + 1) / 2;
	int r;

	if ((r = p_hash(&digest_md5, slice_of(secret.data, half), seed, out,
		 len)) != 0)
		return r;
	return p_hash(&digest_sha1,
	    slice_of(secret.data + secret.len - half, half), seed, out, len);
}

/* RFC 6101 6.1: MD5(secret + SHA1('A' + secret + seed)) + ... 'BB' ... */
static int
sslv3(struct slice secret, struct slice seed, uint8_t *out, size_t len)
{
	uint8_t letters[26], inner[DIGEST_MAX], block[DIGEST_MAX];
	size_t size = digest_md5.size, part;
	int r = 0;

	for (size_t i = 0; r == 0 && len > 0; i++) {
		if (i == sizeof letters)
			return fail(ERR_SAFETY);
		memset(letters, 'A' + (int)i, i + 1);
		r = digest_slices(&digest_sha1,
		    (struct slice[]){ slice_of(letters, i + 1), secret, seed },
		    3, inner);
		if (r == 0)
			r = digest_slices(&digest_md5,
			    (struct slice[]){
				secret, slice_of(inner, digest_sha1.size) },
			    2, block);
		if (r != 0)
			break;
		part = len < size ? len : size;
		memcpy(out, block, part);
		out += part;
		len -= part;
	}
	OPENSSL_cleanse(inner, sizeof inner);
	OPENSSL_cleanse(block, sizeof block);
	return r == 0 ? 0 : fail(ERR_PRF);
}

int
prf(uint8_t version, const struct digest *digest, struct slice secret,
    const char *label, const struct slice *seed, size_t count, uint8_t *out,
    size_t len)
{
	uint8_t joined[PRF_SEED_MAX];
	struct writer writer;
	struct slice bytes;

	writer_init_fixed(&writer, joined, sizeof joined);
	if (version > S2N_SSLv3)
		writer_bytes(&writer, slice_of_string(label));
	for (size_t i = 0; i < count; i++)
		writer_bytes(&writer, seed[i]);
	if (!writer_result(&writer, &bytes))
		return fail(ERR_SAFETY);
	memset(out, 0, len);
	if (version == S2N_SSLv3)
		return sslv3(secret, bytes, out, len);
	if (version < S2N_TLS12)
		return two_hashes(secret, bytes, out, len);
	return p_hash(digest, secret, bytes, out, len);
}
