/*
 * The chain; the contract is in audit_chain.h.
 */
#include "keyd/audit_chain.h"

#include <openssl/evp.h>

bool
audit_chain_next(const uint8_t before[AUDIT_HASH], struct slice text,
    uint8_t next[AUDIT_HASH])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done = ctx != NULL &&
		    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		    EVP_DigestUpdate(ctx, before, AUDIT_HASH) == 1 &&
		    EVP_DigestUpdate(ctx, text.data, text.len) == 1 &&
		    EVP_DigestFinal_ex(ctx, next, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return done;
}

size_t
audit_chain_message(uint64_t number, const uint8_t before[AUDIT_HASH],
    uint8_t message[AUDIT_MESSAGE])
{
	static const char context[] = "sallyport audit 1"; /* and its zero */
	size_t len = sizeof context;

	memcpy(message, context, len);
	for (int shift = 56; shift >= 0; shift -= 8)
		message[len++] = (uint8_t)(number >> shift);
	memcpy(message + len, before, AUDIT_HASH);
	return len + AUDIT_HASH;
}

static const char digits[] = "0123456789abcdef";

void
audit_chain_hex(const uint8_t *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

bool
audit_chain_unhex(const char *text, uint8_t *bytes, size_t len)
{
	const char *high, *low;

	for (size_t i = 0; i < len; i++) {
		if (text[2 * i] == '\0' || text[2 * i + 1] == '\0')
			return false;
		high = strchr(digits, text[2 * i]);
		low = strchr(digits, text[2 * i + 1]);
		if (high == NULL || low == NULL)
			return false;
		bytes[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return true;
}
