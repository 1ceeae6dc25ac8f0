/*
 * JA3; the contract is in ja3.h.
 */
#include "libtls/ja3.h"

#include <stdio.h>

#include "libtls/crypto/digest.h"
#include "libtls/extension/extension.h"
#include "libtls/registry/iana.h"

#define SUPPORTED_GROUPS 10
#define EC_POINT_FORMATS 11

static void
put_number(struct writer *out, unsigned number, bool *first)
{
	char text[16];

	snprintf(text, sizeof text, "%s%u", *first ? "" : "-", number);
	writer_bytes(out, slice_of_string(text));
	*first = false;
}

static void
put_list16(struct writer *out, struct slice list)
{
	struct reader in = reader_of(list);
	bool first = true;
	uint16_t number;

	while (reader_more(&in))
		if (!iana_is_grease(number = reader_u16(&in)))
			put_number(out, number, &first);
}

static void
put_extensions(struct writer *out, struct slice block)
{
	struct reader in = reader_of(block);
	bool first = true;
	uint16_t number;

	while (reader_more(&in)) {
		number = reader_u16(&in);
		reader_vec16(&in);
		if (!iana_is_grease(number))
			put_number(out, number, &first);
	}
}

/* Of an extension that is one list; no bytes without the extension. */
static int
find_groups(struct slice block, struct slice *groups)
{
	struct slice data;
	struct reader in;

	*groups = NO_BYTES;
	if (!extension_find(block, SUPPORTED_GROUPS, &data))
		return 0;
	in = reader_of(data);
	*groups = reader_vec16(&in);
	return reader_done(&in) && groups->len % 2 == 0 ? 0 : fail(ERR_DECODE);
}

static int
find_formats(struct slice block, struct slice *formats)
{
	struct slice data;
	struct reader in;

	*formats = NO_BYTES;
	if (!extension_find(block, EC_POINT_FORMATS, &data))
		return 0;
	in = reader_of(data);
	*formats = reader_vec8(&in);
	return reader_done(&in) ? 0 : fail(ERR_DECODE);
}

int
ja3_write(const struct s2n_client_hello *ch, struct writer *out)
{
	struct slice groups, formats;
	bool first = true;
	int r;

	if ((r = find_groups(ch->said.extensions, &groups)) != 0 ||
	    (r = find_formats(ch->said.extensions, &formats)) != 0)
		return r;
	put_number(out, ch->said.legacy_version, &first);
	writer_u8(out, ',');
	put_list16(out, ch->said.suites);
	writer_u8(out, ',');
	put_extensions(out, ch->said.extensions);
	writer_u8(out, ',');
	put_list16(out, groups);
	writer_u8(out, ',');
	first = true;
	for (size_t i = 0; i < formats.len; i++)
		put_number(out, formats.data[i], &first);
	return out->failed ? fail(ERR_NOMEM) : 0;
}

int
ja3_hash(struct slice string, struct writer *out)
{
	uint8_t hash[DIGEST_MAX];
	char hex[3];
	int r;

	if ((r = digest_once(&digest_md5, string, hash)) != 0)
		return r;
	for (size_t i = 0; i < JA3_MD5_SIZE; i++) {
		snprintf(hex, sizeof hex, "%02x", hash[i]);
		writer_bytes(out, slice_of_string(hex));
	}
	return out->failed ? fail(ERR_NOMEM) : 0;
}
