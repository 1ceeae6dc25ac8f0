/*
 * Record MACs; the contract is in mac.h.
 */
#include "libtls/record/mac.h"

#include <openssl/crypto.h>

#include "libtls/record/protect.h"
#include "libtls/registry/version.h"

#define SSLV3_PAD_MD5 48
#define SSLV3_PAD_SHA1 40

/*
 * RFC 6101 5.2.3.1: hash(secret + pad_2 + hash(secret + pad_1 + seq_num +
 * type + length + content)); the version is not in it.
 */
static int
sslv3(const struct digest *digest, const uint8_t *key,
    const uint8_t header[MAC_HEADER], const struct slice *plain, size_t count,
    uint8_t *out)
{
	size_t pad = digest == &digest_md5 ? SSLV3_PAD_MD5 : SSLV3_PAD_SHA1;
	uint8_t pad1[SSLV3_PAD_MD5], pad2[SSLV3_PAD_MD5], inner[DIGEST_MAX];
	struct slice parts[RECORD_SLICES_MAX + 4] = {
		slice_of(key, digest->size),
		slice_of(pad1, pad),
		slice_of(header, MAC_HEADER_VERSION),
		slice_of(header + MAC_HEADER_LENGTH, 2),
	};
	int r;

	memset(pad1, 0x36, pad);
	memset(pad2, 0x5c, pad);
	memcpy(parts + 4, plain, count * sizeof *plain);
	if ((r = digest_slices(digest, parts, count + 4, inner)) == 0) {
		parts[1] = slice_of(pad2, pad);
		parts[2] = slice_of(inner, digest->size);
		r = digest_slices(digest, parts, 3, out);
	}
	OPENSSL_cleanse(inner, sizeof inner);
	return r;
}

int
mac_compute(const struct digest *digest, const uint8_t *key,
    const uint8_t header[MAC_HEADER], const struct slice *plain, size_t count,
    uint8_t *out)
{
	int version =
	    header[MAC_HEADER_VERSION] << 8 | header[MAC_HEADER_VERSION + 1];
	struct slice parts[RECORD_SLICES_MAX + 1];
	struct hmac_key hmac;
	int r;

	if (count > RECORD_SLICES_MAX)
		return fail(ERR_SAFETY);
	if (version == WIRE_SSLV3)
		return sslv3(digest, key, header, plain, count, out);
	parts[0] = slice_of(header, MAC_HEADER);
	memcpy(parts + 1, plain, count * sizeof *plain);
	r = hmac_key_set(&hmac, digest, slice_of(key, digest->size));
	return r != 0 ? r : hmac_slices(&hmac, parts, count + 1, out);
}
