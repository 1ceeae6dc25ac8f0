/*
 * PEM blocks and their base64 (RFC 7468), decoded without tables, so that the
 * cache does not tell what a private key is made of.
 */
#include "libtls/cert/pem.h"

#include <openssl/pem.h>

#include "libtls/cert/key.h"

static const char begin[] = "-----BEGIN ";
static const char end[] = "-----END ";
static const char dashes[] = "-----";

struct block {
	struct slice label;
	struct slice body;
};

/* Where text is in in, or NULL. */
static const uint8_t *
find(struct slice in, const char *text)
{
	return in.len == 0 ? NULL : memmem(in.data, in.len, text, strlen(text));
}

/* What is left of in from a place in it on. */
static struct slice
from(struct slice in, const uint8_t *place)
{
	return slice_of(place, in.len - (size_t)(place - in.data));
}

/* The label between a marker at place and its dashes; *rest goes behind. */
static bool
take_label(struct slice *rest, const uint8_t *place, size_t marker,
    struct slice *label)
{
	struct slice line = from(*rest, place + marker);
	const uint8_t *close = find(line, dashes);

	if (close == NULL)
		return false;
	*label = slice_of(line.data, (size_t)(close - line.data));
	*rest = from(line, close + strlen(dashes));
	return true;
}

static int
next_block(struct slice *rest, struct block *out)
{
	const uint8_t *place;
	struct slice label;

	if ((place = find(*rest, begin)) == NULL)
		return fail(ERR_PEM_OUT_OF_DATA);
	if (!take_label(rest, place, strlen(begin), &out->label))
		return fail(ERR_INVALID_PEM);
	out->body = *rest;
	if ((place = find(*rest, end)) == NULL)
		return fail(ERR_INVALID_PEM);
	out->body.len = (size_t)(place - out->body.data);
	if (!take_label(rest, place, strlen(end), &label) ||
	    !slice_equal(label, out->label))
		return fail(ERR_INVALID_PEM);
	return 0;
}

static bool
labelled(const struct block *block, const char *label)
{
	return slice_equal(block->label, slice_of_string(label));
}

/* All ones when low <= c <= high, else zero; without a branch. */
static uint32_t
within(uint32_t c, uint32_t low, uint32_t high)
{
	return 0U - (((low - 1 - c) & (c - high - 1)) >> 31);
}

/* 1 + the six bits that a character stands for, or 0. */
static uint32_t
sextet(uint32_t c)
{
	return (within(c, 'A', 'Z') & (c - 'A' + 1)) |
	       (within(c, 'a', 'z') & (c - 'a' + 27)) |
	       (within(c, '0', '9') & (c - '0' + 53)) |
	       (within(c, '+', '+') & 63) | (within(c, '/', '/') & 64);
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* out is empty; reserved once, so that nothing is left behind by growing. */
static int
decode(struct slice body, struct writer *out)
{
	uint8_t *to = writer_reserve(out, body.len / 4 * 3 + 3);
	size_t count = 0, pads = 0, len = 0;
	uint32_t bits = 0, wrong = 0, six;

	if (to == NULL)
		return fail(ERR_NOMEM);
	for (size_t i = 0; i < body.len; i++) {
		if (blank(body.data[i]))
			continue;
		if (body.data[i] == '=') {
			pads++;
			continue;
		}
		six = sextet(body.data[i]);
		wrong |= within(six, 0, 0) | (pads > 0);
		bits = bits << 6 | ((six - 1) & 63);
		if (++count % 4 != 1)
			to[len++] = (uint8_t)(bits >> (8 - count % 4 * 2) % 8);
	}
	writer_truncate(out, len);
	if (wrong != 0 || pads > 2 || (count + pads) % 4 != 0)
		return fail(ERR_INVALID_BASE64);
	return 0;
}

int
pem_certificate(struct slice *rest, struct writer *der)
{
	struct block block;
	int r;

	do {
		if ((r = next_block(rest, &block)) != 0)
			return r;
	} while (!labelled(&block, PEM_STRING_X509) &&
		 !labelled(&block, PEM_STRING_X509_OLD));
	return decode(block.body, der);
}

int
pem_crl(struct slice text, struct writer *der)
{
	struct block block;
	int r;

	do {
		if ((r = next_block(&text, &block)) != 0)
			return r;
	} while (!labelled(&block, PEM_STRING_X509_CRL));
	return decode(block.body, der);
}

int
pem_private_key(struct slice text, EVP_PKEY **out)
{
	struct block block;
	struct writer der;
	int r;

	/* EC PARAMETERS, certificates and the like are passed over. */
	do {
		if (next_block(&text, &block) != 0)
			return fail(ERR_INVALID_PEM);
		if (labelled(&block, PEM_STRING_PKCS8))
			return fail(ERR_DECODE_PRIVATE_KEY);
	} while (!labelled(&block, PEM_STRING_PKCS8INF) &&
		 !labelled(&block, PEM_STRING_RSA) &&
		 !labelled(&block, PEM_STRING_ECPRIVATEKEY));

	writer_init(&der, block.body.len + 3);
	if ((r = decode(block.body, &der)) == 0)
		r = key_decode(slice_of(der.data, der.len), out);
	writer_free(&der);
	return r;
}
