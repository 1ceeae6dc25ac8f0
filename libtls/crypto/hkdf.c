/*
 * HKDF; the contract is in hkdf.h.
 */
#include "libtls/crypto/hkdf.h"

#include <openssl/crypto.h>

#include "base/writer.h"

#define INFO_MAX 514 /* the longest HkdfLabel: 2 + 1 + 255 + 1 + 255 */
#define LABEL_PREFIX "tls13 "

int
hkdf_extract(const struct digest *digest, struct slice salt, struct slice ikm,
    uint8_t *out)
{
	static const uint8_t zeroes[DIGEST_MAX];

	if (salt.len == 0)
		salt = slice_of(zeroes, digest->size);
	if (ikm.len == 0)
		ikm = slice_of(zeroes, digest->size);
	return hmac_once(digest, salt, ikm, out);
}

/* RFC 5869 2.3: T(i) = HMAC(prk, T(i-1) | info | i) */
int
hkdf_expand(const struct digest *digest, struct slice prk, struct slice info,
    uint8_t *out, size_t len)
{
	uint8_t block[DIGEST_MAX + INFO_MAX + 1], t[DIGEST_MAX];
	size_t t_len = 0, part;
	int r = 0;

	if (len > 255u * digest->size || info.len > INFO_MAX)
		return fail(ERR_HKDF_SIZE);
	for (uint8_t i = 1; len > 0; i++) {
		memcpy(block, t, t_len);
		if (info.len > 0)
			memcpy(block + t_len, info.data, info.len);
		block[t_len + info.len] = i;
		r = hmac_once(
		    digest, prk, slice_of(block, t_len + info.len + 1), t);
		if (r != 0)
			break;
		t_len = digest->size;
		part = len < t_len ? len : t_len;
		memcpy(out, t, part);
		out += part;
		len -= part;
	}
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(t, sizeof t);
	return r;
}

int
hkdf_expand_label(const struct digest *digest, const uint8_t *secret,
    const char *label, struct slice context, uint8_t *out, size_t len)
{
	uint8_t info[INFO_MAX];
	struct writer writer;
	struct mark mark;
	struct slice bytes;

	writer_init_fixed(&writer, info, sizeof info);
	if (len > UINT16_MAX)
		return fail(ERR_HKDF_SIZE);
	writer_u16(&writer, (uint16_t)len);
	mark = writer_open(&writer, 1);
	writer_bytes(&writer, slice_of_string(LABEL_PREFIX));
	writer_bytes(&writer, slice_of_string(label));
	writer_close(&writer, mark);
	writer_vec8(&writer, context);
	if (!writer_result(&writer, &bytes))
		return fail(ERR_HKDF_SIZE);
	return hkdf_expand(
	    digest, slice_of(secret, digest->size), bytes, out, len);
}
