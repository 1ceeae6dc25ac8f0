/*
 * PROXY protocol version 2; the contract is in proxy.h.
 */
#include "frontd/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/reader.h"

#define COMMAND_LOCAL 0x20 /* version 2, the proxy's own connection */
#define COMMAND_PROXY 0x21 /* version 2, on behalf of a client */
#define FAMILY_NONE 0x00
#define FAMILY_TCP4 0x11
#define FAMILY_TCP6 0x21
#define CLIENT_SSL 0x01
#define CLIENT_CERT_CONN 0x02 /* a certificate, over this connection */
#define CLIENT_CERT_SESS 0x04 /* or in the session that it resumes */
#define VERIFIED 0
#define NOT_VERIFIED 1 /* no client certificate was */
#define TLV_SSL 0x20
#define TLV_CERTIFICATE 0x28

/* The texts, in the order in which they are written. */
static const struct text {
	uint8_t type;
	bool in_ssl; /* stands inside the TLV of TLS */
	size_t offset;
} texts[] = {
	{ 0x01, false, offsetof(struct proxy_info, alpn) },
	{ 0x02, false, offsetof(struct proxy_info, name) },
	{ 0x21, true, offsetof(struct proxy_info, version) },
	{ 0x22, true, offsetof(struct proxy_info, common_name) },
	{ 0x23, true, offsetof(struct proxy_info, cipher) },
	{ 0x24, true, offsetof(struct proxy_info, scheme) },
	/* The first two of those that are an application's own. */
	{ 0xe0, false, offsetof(struct proxy_info, group) },
	{ 0xe1, false, offsetof(struct proxy_info, policy) },
};

static const uint8_t signature[12] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a,
	0x51, 0x55, 0x49, 0x54, 0x0a };

void
proxy_set(char text[PROXY_TEXT_MAX], const char *value)
{
	size_t len = value != NULL ? strnlen(value, PROXY_TEXT_MAX - 1) : 0;

	if (len > 0)
		memcpy(text, value, len);
	text[len] = '\0';
}

static void
put_texts(struct writer *out, const struct proxy_info *info, bool in_ssl)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = (const char *)info + texts[i].offset;

		if (texts[i].in_ssl != in_ssl || text[0] == '\0')
			continue;
		writer_u8(out, texts[i].type);
		writer_vec16(out, slice_of_string(text));
	}
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
proxy_write(struct writer *out, const struct proxy_info *info,
    const struct sockaddr_storage *peer, const struct sockaddr_storage *local)
{
	struct mark rest, ssl;

	writer_bytes(out, slice_of(signature, sizeof signature));
	writer_u8(out, COMMAND_PROXY);
	writer_u8(out, peer->ss_family == AF_INET    ? FAMILY_TCP4
		       : peer->ss_family == AF_INET6 ? FAMILY_TCP6
						     : FAMILY_NONE);
	rest = writer_open(out, 2);
	put_addresses(out, peer, local);
	put_texts(out, info, false);
	writer_u8(out, TLV_SSL);
	ssl = writer_open(out, 2);
	writer_u8(out, info->verified
			   ? CLIENT_SSL | CLIENT_CERT_CONN | CLIENT_CERT_SESS
			   : CLIENT_SSL);
	writer_u32(out, info->verified ? VERIFIED : NOT_VERIFIED);
	put_texts(out, info, true);
	if (info->certificate.len > 0) {
		writer_u8(out, TLV_CERTIFICATE);
		writer_vec16(out, info->certificate);
	}
	writer_close(out, ssl);
	writer_close(out, rest);
}

size_t
proxy_length(const uint8_t fixed[PROXY_FIXED])
{
	size_t whole = PROXY_FIXED + ((size_t)fixed[14] << 8 | fixed[15]);

	if (memcmp(fixed, signature, sizeof signature) != 0 ||
	    (fixed[12] != COMMAND_PROXY && fixed[12] != COMMAND_LOCAL))
		return 0;
	return whole;
}

/* A value of one of the texts' types; false if it is none. */
static bool
take_text(
    struct proxy_info *info, uint8_t type, bool in_ssl, struct slice value)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		char *text = (char *)info + texts[i].offset;

		if (texts[i].type != type || texts[i].in_ssl != in_ssl)
			continue;
		/* A zero byte would hide from readers what comes after it. */
		if (value.len >= PROXY_TEXT_MAX ||
		    (value.len > 0 && memchr(value.data, 0, value.len) != NULL))
			return false;
		if (value.len > 0)
			memcpy(text, value.data, value.len);
		text[value.len] = '\0';
	}
	return true;
}

/* What stands before the TLVs inside that of TLS. */
static void
take_client(struct reader *in, struct proxy_info *info)
{
	uint8_t client = reader_u8(in);
	uint32_t verify = reader_u32(in);

	info->verified = !in->failed && verify == VERIFIED &&
			 (client & (CLIENT_CERT_CONN | CLIENT_CERT_SESS)) != 0;
}

static bool
take_tlvs(struct reader *in, struct proxy_info *info, bool in_ssl)
{
	while (reader_more(in)) {
		uint8_t type = reader_u8(in);
		struct slice value = reader_vec16(in);
		struct reader inner = reader_of(value);

		if (!take_text(info, type, in_ssl, value))
			reader_fail(in);
		if (type == TLV_CERTIFICATE && in_ssl)
			info->certificate = value;
		if (type != TLV_SSL || in_ssl)
			continue;
		take_client(&inner, info);
		if (!take_tlvs(&inner, info, true))
			reader_fail(in);
	}
	return reader_done(in);
}

static void
skip_addresses(struct reader *in, uint8_t family)
{
	switch (family) {
	case FAMILY_NONE:
		break;
	case FAMILY_TCP4:
		reader_bytes(in, 12);
		break;
	case FAMILY_TCP6:
		reader_bytes(in, 36);
		break;
	default:
		reader_fail(in);
	}
}

bool
proxy_parse(struct slice header, struct proxy_info *info)
{
	static const struct proxy_info nothing;
	struct reader in = reader_of(header);
	uint8_t command, family;

	*info = nothing;
	if (header.len < PROXY_FIXED || proxy_length(header.data) != header.len)
		return false;
	reader_bytes(&in, sizeof signature);
	command = reader_u8(&in);
	family = reader_u8(&in);
	reader_u16(&in);
	/* The proxy's own, a health check: what it tells is to be ignored. */
	if (command == COMMAND_LOCAL)
		return true;
	skip_addresses(&in, family);
	if (take_tlvs(&in, info, false))
		return true;
	*info = nothing;
	return false;
}

/* As text, with its port. */
static void
put_end(const struct sockaddr_storage *address, char *host, unsigned *port)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, host, INET6_ADDRSTRLEN);
		*port = ntohs(v4->sin_port);
	} else {
		inet_ntop(AF_INET6, &v6->sin6_addr, host, INET6_ADDRSTRLEN);
		*port = ntohs(v6->sin6_port);
	}
}

void
proxy_write_v1(struct writer *out, const struct sockaddr_storage *peer,
    const struct sockaddr_storage *local)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	/* As long as any numbers would make it. */
	char line[PROXY_LINE_MAX + 32] = "PROXY UNKNOWN\r\n";
	unsigned from_port, to_port;

	if ((peer->ss_family == AF_INET || peer->ss_family == AF_INET6) &&
	    peer->ss_family == local->ss_family) {
		put_end(peer, from, &from_port);
		put_end(local, to, &to_port);
		snprintf(line, sizeof line, "PROXY %s %s %s %u %u\r\n",
		    peer->ss_family == AF_INET ? "TCP4" : "TCP6", from, to,
		    from_port, to_port);
	}
	writer_bytes(out, slice_of_string(line));
}
