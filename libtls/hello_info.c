/*
 * What the application may know of a ClientHello (Guide: ClientHello
 * functions). All of it is copied out of what kept_hello.h keeps.
 */
#include "libtls/extension/extension.h"
#include "libtls/handshake/kept_hello.h"
#include "libtls/registry/version.h"

#define SERVER_NAME 0
#define SUPPORTED_GROUPS 10
#define NAME_TYPE_HOST 0
/* Of an SSLv2 ClientHello: message type and version are not told. */
#define V2_UNTOLD 3

/* Extensions that s2n_client_hello_get_extension_by_id knows. */
static const uint16_t known[] = { 0, 1, 5, 10, 11, 13, 16, 18, 23, 35, 41, 42,
	43, 44, 45, 50, 51, 57, 13172, 0xff01 };

struct s2n_client_hello *
s2n_connection_get_client_hello(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	return conn->hello;
}

struct s2n_client_hello *
s2n_client_hello_parse_message(const uint8_t *bytes, uint32_t size)
{
	struct s2n_client_hello *ch = NULL;
	int r = bytes == NULL ? fail(ERR_NULL_ARGUMENT)
			      : kept_hello_parse(slice_of(bytes, size), &ch);

	(void)!errors_report(r);
	return ch;
}

static int
free_own(struct s2n_client_hello **ch)
{
	if (ch == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (*ch == NULL)
		return 0;
	if (!(*ch)->own)
		return fail(ERR_INVALID_ARGUMENT);
	kept_hello_free(*ch);
	*ch = NULL;
	return 0;
}

int
s2n_client_hello_free(struct s2n_client_hello **ch)
{
	return errors_report(free_own(ch));
}

/* ---- bytes, as many as there is room for ---- */

static struct slice
raw_of(const struct s2n_client_hello *ch)
{
	if (ch->v2 && ch->len > V2_UNTOLD)
		return slice_of(ch->body + V2_UNTOLD, ch->len - V2_UNTOLD);
	return slice_of(ch->body, ch->len);
}

static struct slice
suites_of(const struct s2n_client_hello *ch)
{
	return ch->said.suites;
}

static struct slice
extensions_of(const struct s2n_client_hello *ch)
{
	return ch->said.extensions;
}

static ssize_t
length(const struct s2n_client_hello *ch,
    struct slice (*part)(const struct s2n_client_hello *))
{
	if (ch == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return (ssize_t)part(ch).len;
}

static size_t
copy(struct slice from, uint8_t *out, size_t room)
{
	size_t len = from.len < room ? from.len : room;

	if (from.data == NULL)
		return 0;
	memcpy(out, from.data, len);
	return len;
}

static ssize_t
give(const struct s2n_client_hello *ch,
    struct slice (*part)(const struct s2n_client_hello *), uint8_t *out,
    uint32_t room)
{
	if (ch == NULL || out == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return (ssize_t)copy(part(ch), out, room);
}

ssize_t
s2n_client_hello_get_raw_message_length(struct s2n_client_hello *ch)
{
	return length(ch, raw_of);
}

ssize_t
s2n_client_hello_get_raw_message(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
	return give(ch, raw_of, out, max_length);
}

ssize_t
s2n_client_hello_get_cipher_suites_length(struct s2n_client_hello *ch)
{
	return length(ch, suites_of);
}

ssize_t
s2n_client_hello_get_cipher_suites(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
	return give(ch, suites_of, out, max_length);
}

ssize_t
s2n_client_hello_get_extensions_length(struct s2n_client_hello *ch)
{
	return length(ch, extensions_of);
}

ssize_t
s2n_client_hello_get_extensions(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
	return give(ch, extensions_of, out, max_length);
}

/* The data of an extension that we know; no bytes for others. */
static struct slice
known_extension(const struct s2n_client_hello *ch, unsigned number)
{
	struct slice data = NO_BYTES;

	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i] == number)
			(void)!extension_find(
			    ch->said.extensions, known[i], &data);
	return data;
}

ssize_t
s2n_client_hello_get_extension_length(
    struct s2n_client_hello *ch, s2n_tls_extension_type extension_type)
{
	if (ch == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return (ssize_t)known_extension(ch, extension_type).len;
}

ssize_t
s2n_client_hello_get_extension_by_id(struct s2n_client_hello *ch,
    s2n_tls_extension_type extension_type, uint8_t *out, uint32_t max_length)
{
	if (ch == NULL || out == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return (ssize_t)copy(
	    known_extension(ch, extension_type), out, max_length);
}

int
s2n_client_hello_has_extension(
    struct s2n_client_hello *ch, uint16_t extension_iana, bool *exists)
{
	struct slice data;

	if (ch == NULL || exists == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*exists = extension_find(ch->said.extensions, extension_iana, &data);
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_session_id_length(
    struct s2n_client_hello *ch, uint32_t *out_length)
{
	if (ch == NULL || out_length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*out_length = (uint32_t)ch->said.session_id.len;
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_session_id(struct s2n_client_hello *ch, uint8_t *out,
    uint32_t *out_length, uint32_t max_length)
{
	if (ch == NULL || out == NULL || out_length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*out_length = (uint32_t)copy(ch->said.session_id, out, max_length);
	return S2N_SUCCESS;
}

/* ---- values, whole or not at all ---- */

int
s2n_client_hello_get_compression_methods_length(
    struct s2n_client_hello *ch, uint32_t *out_length)
{
	if (ch == NULL || out_length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*out_length = (uint32_t)ch->said.compression.len;
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_compression_methods(struct s2n_client_hello *ch,
    uint8_t *list, uint32_t list_length, uint32_t *out_length)
{
	if (ch == NULL || list == NULL || out_length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (list_length < ch->said.compression.len)
		return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
	*out_length = (uint32_t)copy(ch->said.compression, list, list_length);
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_legacy_protocol_version(
    struct s2n_client_hello *ch, uint8_t *out)
{
	if (ch == NULL || out == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*out = version_of_wire(ch->said.legacy_version);
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_legacy_record_version(
    struct s2n_client_hello *ch, uint8_t *out)
{
	if (ch == NULL || out == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (ch->own)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	*out = ch->record_version;
	return S2N_SUCCESS;
}

int
s2n_client_hello_get_random(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
	if (ch == NULL || out == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (max_length < RANDOM_SIZE)
		return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
	memcpy(out, ch->said.random, RANDOM_SIZE);
	return S2N_SUCCESS;
}

static int
find_groups(const struct s2n_client_hello *ch, struct slice *groups)
{
	struct slice data;
	struct reader in;

	if (!extension_find(ch->said.extensions, SUPPORTED_GROUPS, &data))
		return fail(ERR_NOT_RECEIVED);
	in = reader_of(data);
	*groups = reader_vec16(&in);
	if (!reader_done(&in) || groups->len % 2 != 0)
		return fail(ERR_PARSED_EXTENSIONS);
	return 0;
}

static int
give_groups(const struct s2n_client_hello *ch, uint16_t *groups, size_t room,
    uint16_t *count)
{
	struct slice list;
	struct reader in;
	int r;

	if (ch == NULL || groups == NULL || count == NULL)
		return fail(ERR_NULL_ARGUMENT);
	*count = 0;
	if ((r = find_groups(ch, &list)) != 0)
		return r;
	if (list.len / 2 > room)
		return fail(ERR_INSUFFICIENT_MEM_SIZE);
	for (in = reader_of(list); reader_more(&in);)
		groups[(*count)++] = reader_u16(&in);
	return 0;
}

int
s2n_client_hello_get_supported_groups(struct s2n_client_hello *ch,
    uint16_t *groups, uint16_t groups_count_max, uint16_t *groups_count)
{
	return errors_report(
	    give_groups(ch, groups, groups_count_max, groups_count));
}

/* RFC 6066 3: the first name, of the one type there is. */
static int
find_name(const struct s2n_client_hello *ch, struct slice *name)
{
	struct slice data;
	struct reader in, list;
	uint8_t type;

	if (!extension_find(ch->said.extensions, SERVER_NAME, &data))
		return fail(ERR_NOT_RECEIVED);
	in = reader_of(data);
	list = reader_of(reader_vec16(&in));
	type = reader_u8(&list);
	*name = reader_vec16(&list);
	if (!reader_done(&in) || list.failed || type != NAME_TYPE_HOST)
		return fail(ERR_PARSED_EXTENSIONS);
	return 0;
}

static int
name_length(const struct s2n_client_hello *ch, uint16_t *len)
{
	struct slice name;
	int r;

	if (ch == NULL || len == NULL)
		return fail(ERR_NULL_ARGUMENT);
	*len = 0;
	if ((r = find_name(ch, &name)) != 0)
		return r;
	*len = (uint16_t)name.len;
	return 0;
}

int
s2n_client_hello_get_server_name_length(
    struct s2n_client_hello *ch, uint16_t *length)
{
	return errors_report(name_length(ch, length));
}

static int
give_name(const struct s2n_client_hello *ch, uint8_t *out, uint16_t room,
    uint16_t *len)
{
	struct slice name;
	int r;

	if (ch == NULL || out == NULL || len == NULL)
		return fail(ERR_NULL_ARGUMENT);
	*len = 0;
	if ((r = find_name(ch, &name)) != 0)
		return r;
	if (name.len > room)
		return fail(ERR_INSUFFICIENT_MEM_SIZE);
	*len = (uint16_t)copy(name, out, room);
	return 0;
}

int
s2n_client_hello_get_server_name(struct s2n_client_hello *ch,
    uint8_t *server_name, uint16_t length, uint16_t *out_length)
{
	return errors_report(give_name(ch, server_name, length, out_length));
}
