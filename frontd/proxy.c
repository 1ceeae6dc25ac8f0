/*
 * PROXY protocol version 2; the contract is in proxy.h.
 */
#include "frontd/proxy.h"

#include <netinet/in.h>

#include "base/reader.h"

#define VERSION_COMMAND 0x21 /* version 2, PROXY */
#define FAMILY_TCP4 0x11
#define FAMILY_TCP6 0x21
#define FAMILY_NONE 0x00
#define CLIENT_SSL 0x01

enum tlv {
	TLV_ALPN = 0x01,
	TLV_AUTHORITY = 0x02,
	TLV_SSL = 0x20,
	TLV_SSL_VERSION = 0x21,
	TLV_SSL_CIPHER = 0x23,
	TLV_SSL_SIG_ALG = 0x24,
	TLV_GROUP = 0xe0 /* the first of those for an application's own use */
};

static const uint8_t signature[12] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a,
	0x51, 0x55, 0x49, 0x54, 0x0a };

static void
put_tlv(struct writer *out, enum tlv type, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	writer_u8(out, (uint8_t)type);
	writer_vec16(out, slice_of_string(text));
}

static void
put_tls(struct writer *out, struct s2n_connection *conn)
{
	const char *scheme = NULL, *group = NULL;
	struct mark ssl;

	put_tlv(out, TLV_ALPN, s2n_get_application_protocol(conn));
	put_tlv(out, TLV_AUTHORITY, s2n_get_server_name(conn));
	(void)!s2n_connection_get_signature_scheme(conn, &scheme);
	(void)!s2n_connection_get_key_exchange_group(conn, &group);
	writer_u8(out, TLV_SSL);
	ssl = writer_open(out, 2);
	writer_u8(out, CLIENT_SSL);
	writer_u32(out, 1); /* no client certificate was verified */
	put_tlv(out, TLV_SSL_VERSION,
	    s2n_connection_get_actual_protocol_version(conn) == S2N_TLS13
		? "TLSv1.3"
		: "TLSv1.2");
	put_tlv(out, TLV_SSL_CIPHER, s2n_connection_get_cipher(conn));
	put_tlv(out, TLV_SSL_SIG_ALG, scheme);
	writer_close(out, ssl);
	put_tlv(out, TLV_GROUP, group);
}

static void
put_addresses(struct writer *out, const struct sockaddr_storage *peer,
    const struct sockaddr_storage *local)
{
	const struct sockaddr_in *peer4 = (const void *)peer,
				 *local4 = (const void *)local;
	const struct sockaddr_in6 *peer6 = (const void *)peer,
				  *local6 = (const void *)local;

	if (peer->ss_family == AF_INET) {
		writer_bytes(out, slice_of(&peer4->sin_addr, 4));
		writer_bytes(out, slice_of(&local4->sin_addr, 4));
		writer_u16(out, ntohs(peer4->sin_port));
		writer_u16(out, ntohs(local4->sin_port));
	} else if (peer->ss_family == AF_INET6) {
		writer_bytes(out, slice_of(&peer6->sin6_addr, 16));
		writer_bytes(out, slice_of(&local6->sin6_addr, 16));
		writer_u16(out, ntohs(peer6->sin6_port));
		writer_u16(out, ntohs(local6->sin6_port));
	}
}

void
proxy_write(struct writer *out, struct s2n_connection *conn,
    const struct sockaddr_storage *peer, const struct sockaddr_storage *local)
{
	struct mark rest;

	writer_bytes(out, slice_of(signature, sizeof signature));
	writer_u8(out, VERSION_COMMAND);
	writer_u8(out, peer->ss_family == AF_INET    ? FAMILY_TCP4
		       : peer->ss_family == AF_INET6 ? FAMILY_TCP6
						     : FAMILY_NONE);
	rest = writer_open(out, 2);
	put_addresses(out, peer, local);
	put_tls(out, conn);
	writer_close(out, rest);
}

size_t
proxy_length(const uint8_t fixed[PROXY_FIXED])
{
	size_t rest = (size_t)fixed[14] << 8 | fixed[15];

	if (memcmp(fixed, signature, sizeof signature) != 0 ||
	    fixed[12] != VERSION_COMMAND ||
	    PROXY_FIXED + rest > PROXY_HEADER_MAX)
		return 0;
	return PROXY_FIXED + rest;
}

static void
take_text(char out[PROXY_TEXT_MAX], struct slice value)
{
	size_t len =
	    value.len < PROXY_TEXT_MAX ? value.len : PROXY_TEXT_MAX - 1;

	memcpy(out, value.data, len);
	out[len] = '\0';
}

static bool
take_tlvs(struct reader *in, struct proxy_info *info)
{
	while (reader_more(in)) {
		enum tlv type = reader_u8(in);
		struct slice value = reader_vec16(in);
		struct reader inner = reader_of(value);

		if (in->failed || value.len == 0)
			break;
		if (type == TLV_ALPN)
			take_text(info->alpn, value);
		else if (type == TLV_AUTHORITY)
			take_text(info->name, value);
		else if (type == TLV_SSL_VERSION)
			take_text(info->version, value);
		else if (type == TLV_SSL_CIPHER)
			take_text(info->cipher, value);
		else if (type == TLV_SSL_SIG_ALG)
			take_text(info->scheme, value);
		else if (type == TLV_GROUP)
			take_text(info->group, value);
		if (type != TLV_SSL)
			continue;
		reader_bytes(&inner, 5); /* client, verify */
		/* One level deep: the specification nests no further. */
		if (!take_tlvs(&inner, info))
			return false;
	}
	return reader_done(in);
}

bool
proxy_parse(struct slice header, struct proxy_info *info)
{
	struct reader in = reader_of(header);
	uint8_t family;

	*info = (struct proxy_info){ .version = "" };
	if (header.len < PROXY_FIXED || proxy_length(header.data) != header.len)
		return false;
	reader_bytes(&in, 13);
	family = reader_u8(&in);
	reader_u16(&in);
	reader_bytes(&in, family == FAMILY_TCP4   ? 12
			  : family == FAMILY_TCP6 ? 36
						  : 0);
	return take_tlvs(&in, info);
}
