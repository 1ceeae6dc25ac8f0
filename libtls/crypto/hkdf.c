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
	return hmac_once(digest, salt, ikm, out) == 0 ? 0 : fail(ERR_HKDF);
}

/* RFC 5869 2.3: T(i) = HMAC(prk, T(i-1) | info | i) */
static int
expand(const struct hmac_key *prk, struct slice info, uint8_t *out, size_t len)
{
	const size_t size = prk->digest->size;
	uint8_t t[DIGEST_MAX], i = 1;
	struct slice parts[] = { slice_of(t, 0), info, slice_of(&i, 1) };
	size_t part;
	int r = 0;

	if (len > 255u * size)
		return fail(ERR_HKDF_SIZE);
	for (; len > 0; i++) {
		if (hmac_slices(prk, parts, COUNT(parts), t) != 0) {
			r = fail(ERR_HKDF);
			break;
		}
		parts[0].len = size;
		part = len < size ? len : size;
		memcpy(out, t, part);
		out += part;
		len -= part;
	}
	OPENSSL_cleanse(t, sizeof t);
	return r;
}

int
hkdf_expand(const struct digest *digest, struct slice prk, struct slice info,
    uint8_t *out, size_t len)
{
	struct hmac_key key;

	return hmac_key_set(&key, digest, prk) != 0
		   ? fail(ERR_HKDF)
		   : expand(&key, info, out, len);
}

/* RFC 8446 7.1: HkdfLabel */
static int
expand_label(const struct hmac_key *secret, const struct hkdf_label *what)
{
	uint8_t info[INFO_MAX];
	struct writer writer;
	struct mark mark;
	struct slice bytes;

	writer_init_fixed(&writer, info, sizeof info);
	if (what->len > UINT16_MAX)
		return fail(ERR_HKDF_SIZE);
	writer_u16(&writer, (uint16_t)what->len);
	mark = writer_open(&writer, 1);
	writer_bytes(&writer, slice_of_string(LABEL_PREFIX));
	writer_bytes(&writer, slice_of_string(what->label));
	writer_close(&writer, mark);
	writer_vec8(&writer, what->context);
	if (!writer_result(&writer, &bytes))
		return fail(ERR_HKDF_SIZE);
	return expand(secret, bytes, what->out, what->len);
}

int
hkdf_expand_labels(const struct digest *digest, const uint8_t *secret,
    const struct hkdf_label *labels, size_t count)
{
	struct hmac_key key;
	int r = 0;

	if (hmac_key_set(&key, digest, slice_of(secret, digest->size)) != 0)
		return fail(ERR_HKDF);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = expand_label(&key, &labels[i]);
	return r;
}

int
hkdf_expand_label(const struct digest *digest, const uint8_t *secret,
    const char *label, struct slice context, uint8_t *out, size_t len)
{
	const struct hkdf_label what = { label, context, out, len };

	return hkdf_expand_labels(digest, secret, &what, 1);
}
