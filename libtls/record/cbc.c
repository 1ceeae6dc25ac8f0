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
 * The number of bytes that the padding takes, its length byte included. RFC
 * 5246 6.2.3.2: "if the pad appears to be incorrect, the implementation might
 * assume a zero-length pad and then compute the MAC"; good is then no mask.
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
	return (*good & padding) + 1;
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

static void
set_length(struct cbc_record *record, uint32_t len)
{
	record->header[MAC_HEADER_LENGTH] = (uint8_t)(len >> 8);
	record->header[MAC_HEADER_LENGTH + 1] = (uint8_t)len;
}

int
cbc_check(struct cbc_record *record, size_t *plain, uint32_t *good)
{
	uint8_t expected[DIGEST_MAX], mac[DIGEST_MAX];
	uint32_t size = record->digest->size;
	uint32_t len;
	int r;

	len = (uint32_t)record->len - size - padding_size(record, good);
	set_length(record, len);
	extract_mac(record, len, mac);
	r = hmac_secret_length(record->digest, slice_of(record->key, size),
	    slice_of(record->header, MAC_HEADER), record->data, len,
	    record->len, expected);
	if (r != 0)
		return r;
	*good &= mask_equal((uint32_t)CRYPTO_memcmp(mac, expected, size), 0);
	*plain = len;
	OPENSSL_cleanse(expected, sizeof expected);
	return 0;
}

/* Every length that there may be is tried; this version is not in a hurry. */
int
cbc_check_sslv3(struct cbc_record *record, size_t *plain, uint32_t *good)
{
	uint8_t expected[DIGEST_MAX];
	uint32_t size = record->digest->size, len = (uint32_t)record->len;
	uint32_t padding = record->data[len - 1], at, right;
	struct slice text;
	int r;

	*plain = 0;
	*good = 0;
	for (uint32_t i = 0; i < record->block && size + 1 + i <= len; i++) {
		at = len - size - 1 - i;
		text = slice_of(record->data, at);
		set_length(record, at);
		r = mac_compute(record->digest, record->key, record->header,
		    &text, 1, expected);
		if (r != 0)
			return r;
		right = mask_equal((uint32_t)CRYPTO_memcmp(
				       expected, record->data + at, size),
			    0) &
			mask_equal(padding, i);
		*good |= right;
		*plain |= right & at;
	}
	OPENSSL_cleanse(expected, sizeof expected);
	return 0;
}
