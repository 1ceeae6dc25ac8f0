/*
 * JA4; the contract is in ja4.h.
 */
#include "libtls/ja4.h"

#include <stdio.h>
#include <stdlib.h>

#include "libtls/core/memory.h"
#include "libtls/crypto/digest.h"
#include "libtls/extension/extension.h"
#include "libtls/registry/iana.h"

#define SERVER_NAME 0
#define SIGNATURE_ALGORITHMS 13
#define ALPN 16
#define SUPPORTED_VERSIONS 43
#define QUIC_PARAMETERS 57

#define COUNT_MAX 99   /* two digits */
#define A_SIZE 10      /* the first part */
#define HASHED_BYTES 6 /* of the others: 12 characters */
#define NOTHING "000000000000"

/* Numbers without GREASE. */
struct numbers {
	uint16_t *list;
	size_t count;
};

static void
add(struct numbers *numbers, uint16_t number)
{
	if (!iana_is_grease(number))
		numbers->list[numbers->count++] = number;
}

static int
read_suites(struct slice list, struct numbers *suites)
{
	struct reader in = reader_of(list);

	if ((suites->list = memory_new(list.len + 2)) == NULL)
		return fail(memory_lack());
	while (reader_more(&in))
		add(suites, reader_u16(&in));
	return 0;
}

static int
read_extensions(struct slice block, struct numbers *extensions)
{
	struct reader in = reader_of(block);
	uint16_t number;

	if ((extensions->list = memory_new(block.len / 2 + 2)) == NULL)
		return fail(memory_lack());
	while (reader_more(&in)) {
		number = reader_u16(&in);
		reader_vec16(&in);
		if (!in.failed)
			add(extensions, number);
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const uint16_t *left = a, *right = b;

	return *left - *right;
}

static void
put_numbers(struct writer *out, const struct numbers *numbers)
{
	char text[8];

	for (size_t i = 0; i < numbers->count; i++) {
		snprintf(text, sizeof text, "%s%04x", i == 0 ? "" : ",",
		    numbers->list[i]);
		writer_bytes(out, slice_of_string(text));
	}
}

/* ---- a ---- */

static const char *
version_text(uint16_t version)
{
	static const struct {
		uint16_t version;
		const char *text;
	} texts[] = {
		{ 0x0304, "13" },
		{ 0x0303, "12" },
		{ 0x0302, "11" },
		{ 0x0301, "10" },
		{ 0x0300, "s3" },
		{ 0x0002, "s2" },
		{ 0xfeff, "d1" },
		{ 0xfefd, "d2" },
		{ 0xfefc, "d3" },
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].version == version)
			return texts[i].text;
	return "00";
}

/* The highest of supported_versions, else the hello's own. */
static int
find_version(const struct hello *said, uint16_t *version)
{
	struct slice data;
	struct reader in, list;
	uint16_t most = 0, one;

	*version = said->legacy_version;
	if (!extension_find(said->extensions, SUPPORTED_VERSIONS, &data))
		return 0;
	in = reader_of(data);
	list = reader_of(reader_vec8(&in));
	while (reader_more(&list))
		if (!iana_is_grease(one = reader_u16(&list)) && one > most)
			most = one;
	if (!reader_done(&in) || !reader_done(&list))
		return fail(ERR_DECODE);
	if (most != 0)
		*version = most;
	return 0;
}

static bool
alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* First and last character of the first protocol, or of its hexadecimal form;
 * "00" without. */
static int
find_protocol(struct slice block, char text[3])
{
	static const char hex[] = "0123456789abcdef";
	struct slice data, name;
	struct reader in, list;
	uint8_t first, last;

	memcpy(text, "00", 3);
	if (!extension_find(block, ALPN, &data) || data.len == 0)
		return 0;
	in = reader_of(data);
	list = reader_of(reader_vec16(&in));
	name = reader_vec8(&list);
	if (!reader_done(&in))
		return fail(ERR_DECODE);
	if (name.len == 0)
		return 0;
	first = name.data[0];
	last = name.data[name.len - 1];
	if (!alphanumeric(first) || !alphanumeric(last)) {
		first = (uint8_t)hex[first >> 4];
		last = (uint8_t)hex[last & 15];
	}
	text[0] = (char)first;
	text[1] = (char)last;
	return 0;
}

static unsigned
two_digits(size_t count)
{
	return count < COUNT_MAX ? (unsigned)count : COUNT_MAX;
}

static int
put_a(const struct hello *said, size_t suites, size_t extensions,
    struct writer *out)
{
	struct slice data;
	char protocol[3], text[A_SIZE + 1];
	bool quic = extension_find(said->extensions, QUIC_PARAMETERS, &data);
	bool name = extension_find(said->extensions, SERVER_NAME, &data);
	uint16_t version;
	int r;

	if ((r = find_version(said, &version)) != 0 ||
	    (r = find_protocol(said->extensions, protocol)) != 0)
		return r;
	snprintf(text, sizeof text, "%c%s%c%02u%02u%s", quic ? 'q' : 't',
	    version_text(version), name ? 'd' : 'i', two_digits(suites),
	    two_digits(extensions), protocol);
	writer_bytes(out, slice_of_string(text));
	return 0;
}

/* ---- c ---- */

/* Both are in the first part already. */
static void
leave_out_told(struct numbers *extensions)
{
	size_t kept = 0;

	for (size_t i = 0; i < extensions->count; i++)
		if (extensions->list[i] != SERVER_NAME &&
		    extensions->list[i] != ALPN)
			extensions->list[kept++] = extensions->list[i];
	extensions->count = kept;
}

/* In the client's order: behind an underscore if there are any. */
static int
put_algorithms(struct slice block, struct writer *out)
{
	struct numbers algorithms = { 0 };
	struct slice data, list;
	struct reader in;
	int r;

	if (!extension_find(block, SIGNATURE_ALGORITHMS, &data))
		return 0;
	in = reader_of(data);
	list = reader_vec16(&in);
	if (!reader_done(&in) || list.len % 2 != 0)
		return fail(ERR_DECODE);
	if ((r = read_suites(list, &algorithms)) != 0)
		return r;
	if (algorithms.count > 0)
		writer_u8(out, '_');
	put_numbers(out, &algorithms);
	memory_free(algorithms.list);
	return 0;
}

int
ja4_write(const struct s2n_client_hello *ch, struct writer *out)
{
	const struct hello *said = &ch->said;
	struct numbers suites = { 0 }, extensions = { 0 };
	int r;

	if ((r = read_suites(said->suites, &suites)) != 0 ||
	    (r = read_extensions(said->extensions, &extensions)) != 0 ||
	    (r = put_a(said, suites.count, extensions.count, out)) != 0)
		goto out;
	qsort(suites.list, suites.count, 2, compare);
	leave_out_told(&extensions);
	qsort(extensions.list, extensions.count, 2, compare);
	writer_u8(out, '_');
	put_numbers(out, &suites);
	writer_u8(out, '_');
	put_numbers(out, &extensions);
	if ((r = put_algorithms(said->extensions, out)) == 0 && out->failed)
		r = fail(ERR_NOMEM);
out:
	memory_free(suites.list);
	memory_free(extensions.list);
	return r;
}

/* ---- from the string to the fingerprint ---- */

static int
put_hashed(struct slice part, struct writer *out)
{
	uint8_t hash[DIGEST_MAX];
	char hex[3];
	int r;

	writer_u8(out, '_');
	if (part.len == 0) {
		writer_bytes(out, slice_of_string(NOTHING));
		return 0;
	}
	if ((r = digest_once(&digest_sha256, part, hash)) != 0)
		return r;
	for (size_t i = 0; i < HASHED_BYTES; i++) {
		snprintf(hex, sizeof hex, "%02x", hash[i]);
		writer_bytes(out, slice_of_string(hex));
	}
	return 0;
}

int
ja4_hash(struct slice string, struct writer *out)
{
	const uint8_t *b = string.data + A_SIZE + 1;
	const uint8_t *end = string.data + string.len;
	const uint8_t *c = memchr(b, '_', (size_t)(end - b));
	int r;

	if (c == NULL)
		return fail(ERR_SAFETY);
	writer_bytes(out, slice_of(string.data, A_SIZE));
	if ((r = put_hashed(slice_of(b, (size_t)(c - b)), out)) != 0)
		return r;
	c++;
	if ((r = put_hashed(slice_of(c, (size_t)(end - c)), out)) != 0)
		return r;
	return out->failed ? fail(ERR_NOMEM) : 0;
}
