/*
 * CBC records in constant time; the contract is in cbc.h.
 *
 * A mask has all bits set for true and none for false. Lengths are below 2^31.
 */
#include "libtls/record/cbc.h"

#include <openssl/crypto.h>

#define PADDING_MAX 255

static uint32_t
mask_less(uint32_t a, uint32_t b)
{
	return 0 - ((a - b) >> 31);
}

static uint32_t
mask_equal(uint32_t a, uint32_t b)
{
	uint32_t difference = a ^ b;

	return ~(0 - ((difference | (0 - difference)) >> 31));
}

/*
 * The number of bytes that the padding takes, its length byte included; 0, and
 * an empty mask, if it is wrong.
 */
static uint32_t
padding_size(const struct cbc_record *record, uint32_t *good)
{
	uint32_t len = (uint32_t)record->len;
	uint32_t padding = record->data[len - 1];
	uint32_t most = len - 1 < PADDING_MAX ? len - 1 : PADDING_MAX;
	uint32_t wrong = 0;

	*good = ~mask_less(len, record->digest->size + 1u + padding);
	for (uint32_t i = 1; i <= most; i++)
		wrong |= ~mask_less(padding, i) &
			 (record->data[len - 1 - i] ^ padding);
	*good &= mask_equal(wrong, 0);
	return *good & (padding + 1);
}

/*
 * The MAC stands behind the plaintext, at a secret place among the last bytes.
 * All of them are read, and laid over each other modulo its size; what is then
 * in order but for a rotation is rotated by looking at every byte for each.
 */
static void
extract_mac(const struct cbc_record *record, uint32_t start, uint8_t *mac)
{
	uint32_t size = record->digest->size, len = (uint32_t)record->len;
	uint32_t reach = size + PADDING_MAX + 1;
	uint32_t first = len > reach ? len - reach : 0;
	uint32_t rotation = 0, inside, at = 0;
	uint8_t rotated[DIGEST_MAX] = { 0 };

	for (uint32_t i = first; i < len; i++) {
		inside = ~mask_less(i, start) & mask_less(i, start + size);
		rotated[at] |= (uint8_t)(record->data[i] & inside);
		rotation |= at & mask_equal(i, start);
		at = at + 1 == size ? 0 : at + 1;
	}
	memset(mac, 0, size);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t from = rotation + i;

		from -= size & ~mask_less(from, size);
		for (uint32_t j = 0; j < size; j++)
			mac[i] |= (uint8_t)(rotated[j] & mask_equal(j, from));
	}
	OPENSSL_cleanse(rotated, sizeof rotated);
}

int
cbc_open(struct cbc_record *record, size_t *plain)
{
	uint8_t expected[DIGEST_MAX], mac[DIGEST_MAX];
	uint32_t size = record->digest->size;
	uint32_t good, len;
	int r;

	len = (uint32_t)record->len - size - padding_size(record, &good);
	record->header[CBC_MAC_HEADER - 2] = (uint8_t)(len >> 8);
	record->header[CBC_MAC_HEADER - 1] = (uint8_t)len;
	extract_mac(record, len, mac);
	r = hmac_secret_length(record->digest, record->key,
	    slice_of(record->header, CBC_MAC_HEADER), record->data, len,
	    record->len, expected);
	good &= mask_equal((uint32_t)CRYPTO_memcmp(mac, expected, size), 0);
	OPENSSL_cleanse(expected, sizeof expected);
	if (r != 0)
		return r;
	*plain = len;
	/* From here on it is public. */
	return good != 0 ? 0 : fail(ERR_DECRYPT);
}
