/*
 * Control records; the contract is in control.h.
 */
#include "frontd/control.h"

#include <assert.h>
#include <stddef.h>

/* A slice of a record: where it is, and what it may hold. */
struct part {
	size_t at;
	size_t most; /* bytes */
	size_t unit; /* its length is a multiple of this; 0: it is a text */
};

#define PARTS_MAX 6

struct shape {
	size_t size; /* of the struct */
	struct part parts[PARTS_MAX];
};

/* clang-format off */
#define RECORD(name)              .size = sizeof(struct control_##name)
#define TEXT(name, member, most)  { offsetof(struct control_##name, member), (most), 0 }
#define BYTES(name, member, most) { offsetof(struct control_##name, member), (most), 1 }
#define ROWS(name, member, most, of) \
	{ offsetof(struct control_##name, member), (most) * sizeof(struct of), sizeof(struct of) }
#define PLAIN                     { RECORD(plain) }
#define PART                      { RECORD(part), .parts = { BYTES(part, bytes, CONTROL_PART_MAX) } }

static const struct shape shapes[CONTROL_TYPES] = {
	[CONTROL_SITE] = { RECORD(site), .parts = {
		TEXT(site, title, CONTROL_TITLE_MAX),
		BYTES(site, names, CONTROL_NAMES_MAX),
		TEXT(site, backend_name, CONTROL_BACKEND_NAME_MAX),
		TEXT(site, terms.policy, CONTROL_POLICY_MAX),
		BYTES(site, terms.alpn, CONTROL_ALPN_MAX),
		TEXT(site, terms.dh, CONTROL_DH_MAX) } },
	[CONTROL_CHAIN] = PART,
	[CONTROL_STAPLE] = { RECORD(staple) },
	[CONTROL_STAPLE_PART] = PART,
	[CONTROL_LISTEN] = { RECORD(listen), .parts = {
		TEXT(listen, terms.policy, CONTROL_POLICY_MAX),
		BYTES(listen, terms.alpn, CONTROL_ALPN_MAX),
		TEXT(listen, terms.dh, CONTROL_DH_MAX) } },
	[CONTROL_KEYS] = { RECORD(keys) },
	[CONTROL_BACKEND_KEYS] = { RECORD(keys) },
	[CONTROL_BACKEND_CHAIN] = PART,
	[CONTROL_CONNECTOR] = PLAIN,
	[CONTROL_CLIENT_CA] = { RECORD(client_ca) },
	[CONTROL_CLIENT_CA_PART] = PART,
	[CONTROL_REPLAY] = PLAIN,
	[CONTROL_CROWD] = { RECORD(crowd) },
	[CONTROL_SOCKET] = { RECORD(socket) },
	[CONTROL_START] = { RECORD(start) },
	[CONTROL_SERVE] = PLAIN,
	[CONTROL_DRAIN] = { RECORD(drain) },
	[CONTROL_ASK] = { RECORD(ask) },
	[CONTROL_BALANCE] = { RECORD(balance) },
	[CONTROL_BACKEND] = { RECORD(backend) },
	[CONTROL_ADDRESSES] = { RECORD(addresses) },
	[CONTROL_PROCESSES] = { RECORD(processes) },
	[CONTROL_NAMESERVER] = { RECORD(nameserver) },
	[CONTROL_FETCH] = { RECORD(fetch), .parts = {
		TEXT(fetch, host, CONTROL_HOST_MAX),
		TEXT(fetch, target, CONTROL_TARGET_MAX),
		BYTES(fetch, body, CONTROL_FETCH_BODY_MAX) } },
	[CONTROL_FETCHED] = { RECORD(fetched) },
	[CONTROL_RESOLVE] = { RECORD(resolve), .parts = {
		TEXT(resolve, name, CONTROL_HOST_MAX) } },
	[CONTROL_RESOLVED] = { RECORD(resolved) },
	[CONTROL_PROVE] = { RECORD(prove) },
	[CONTROL_PROVEN] = { RECORD(proven) },
	[CONTROL_PART] = PART,
	[CONTROL_UNJOINED] = PLAIN,
	[CONTROL_CONFINED] = { RECORD(confined) },
	[CONTROL_LACKS] = { RECORD(lacks) },
	[CONTROL_KEYED] = { RECORD(keyed) },
	[CONTROL_STALE] = { RECORD(stale) },
	[CONTROL_STOPPED] = PLAIN,
	[CONTROL_TALLY_SITES] = { RECORD(tally_sites), .parts = {
		ROWS(tally_sites, sites, CONTROL_TALLIES_MAX, tally_site) } },
	[CONTROL_TALLY] = { RECORD(tally) },
	[CONTROL_ROWS] = { RECORD(rows), .parts = {
		ROWS(rows, rows, CONTROL_ROWS_MAX, control_row) } },
	[CONTROL_ANSWERED] = { RECORD(answered) },
	[CONTROL_BACKEND_ROWS] = { RECORD(backend_rows), .parts = {
		ROWS(backend_rows, rows, CONTROL_BACKEND_ROWS_MAX, control_backend_row) } },
	[CONTROL_CONNECT] = { RECORD(connect) },
	[CONTROL_RELEASED] = { RECORD(released) },
	[CONTROL_CONNECTED] = { RECORD(connected) },
};
/* clang-format on */

uint32_t
control_type(struct slice packet)
{
	uint32_t type = 0;

	if (packet.len >= sizeof type)
		memcpy(&type, packet.data, sizeof type);
	return type;
}

/* NULL: there is no record of this type. */
static const struct shape *
shape_of(uint32_t type)
{
	return type < COUNT(shapes) && shapes[type].size > 0 ? &shapes[type]
							     : NULL;
}

/* The i-th of a shape's parts; NULL when it has no more. */
static const struct part *
part_of(const struct shape *shape, size_t i)
{
	return i < PARTS_MAX && shape->parts[i].most > 0 ? &shape->parts[i]
							 : NULL;
}

static struct slice
get_slice(const void *record, const struct part *part)
{
	struct slice bytes;

	memcpy(&bytes, (const uint8_t *)record + part->at, sizeof bytes);
	return bytes;
}

static void
put_slice(void *record, const struct part *part, struct slice bytes)
{
	memcpy((uint8_t *)record + part->at, &bytes, sizeof bytes);
}

static bool
in_bounds(const struct part *part, struct slice bytes)
{
	if (bytes.len > part->most)
		return false;
	if (part->unit > 0)
		return bytes.len % part->unit == 0;
	return bytes.len == 0 || memchr(bytes.data, '\0', bytes.len) ==
				     bytes.data + bytes.len - 1;
}

bool
control_take(struct slice packet, void *record, size_t size)
{
	const struct shape *shape = shape_of(control_type(packet));
	const struct part *part;
	struct slice rest, bytes;

	if (shape == NULL || shape->size != size || packet.len < size)
		return false;
	memcpy(record, packet.data, size);
	rest = slice_of(packet.data + size, packet.len - size);
	for (size_t i = 0; (part = part_of(shape, i)) != NULL; i++) {
		bytes = get_slice(record, part);
		if (bytes.len > rest.len)
			return false;
		bytes = slice_of(rest.data, bytes.len);
		if (!in_bounds(part, bytes))
			return false;
		put_slice(record, part, bytes);
		rest = slice_of(rest.data + bytes.len, rest.len - bytes.len);
	}
	return rest.len == 0;
}

size_t
control_build(
    const void *record, size_t size, uint8_t packet[CHANNEL_PACKET_MAX])
{
	const struct shape *shape =
	    shape_of(control_type(slice_of(record, size)));
	const struct part *part;
	struct slice bytes;
	size_t len = size;

	assert(shape != NULL && shape->size == size);
	memcpy(packet, record, size);
	for (size_t i = 0; (part = part_of(shape, i)) != NULL; i++) {
		bytes = get_slice(record, part);
		if (!in_bounds(part, bytes) ||
		    bytes.len > CHANNEL_PACKET_MAX - len)
			return 0;
		/* Where it lies here is not to be known there. */
		put_slice(packet, part, slice_of(NULL, bytes.len));
		if (bytes.len > 0)
			memcpy(packet + len, bytes.data, bytes.len);
		len += bytes.len;
	}
	return len;
}

bool
control_send(struct channel *channel, const void *record, size_t size, int fd)
{
	uint8_t packet[CHANNEL_PACKET_MAX];
	size_t len = control_build(record, size, packet);

	return len > 0 && channel_send(channel, slice_of(packet, len), fd);
}

const char *
control_text(struct slice text)
{
	return text.len > 0 ? (const char *)text.data : "";
}

struct slice
control_text_of(const char *string)
{
	size_t len = strlen(string);

	return len > 0 ? slice_of(string, len + 1) : NO_BYTES;
}

bool
control_part_next(struct control_part *part, struct slice *bytes)
{
	size_t len =
	    bytes->len < CONTROL_PART_MAX ? bytes->len : CONTROL_PART_MAX;

	if (len == 0)
		return false;
	part->bytes = slice_of(bytes->data, len);
	*bytes = slice_of(bytes->data + len, bytes->len - len);
	return true;
}
