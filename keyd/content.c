/*
 * TLS content; the contract is in content.h.
 */
#include "keyd/content.h"

#include <openssl/ec.h>
#include <openssl/objects.h>

#include "base/reader.h"

#define PADDING 64
#define NAMED_CURVE 3
#define PRIME_MIN 256 /* bytes: 2048 bits */
#define PRIME_MAX 1024

/* ---- TLS 1.3 ---- */

bool
content_verify13(enum keyproto_role role, const struct keyproto_sign *sign,
    struct writer *out)
{
	static const char server[] = "TLS 1.3, server CertificateVerify";
	static const char client[] = "TLS 1.3, client CertificateVerify";
	size_t len = sign->transcript.len;

	if ((sign->hash != KEYPROTO_SHA256 || len != 32) &&
	    (sign->hash != KEYPROTO_SHA384 || len != 48))
		return false;
	for (int i = 0; i < PADDING; i++)
		writer_u8(out, ' ');
	/* with its zero byte; both are of one length */
	writer_bytes(out,
	    slice_of(role == KEYPROTO_SERVER ? server : client, sizeof server));
	writer_bytes(out, sign->transcript);
	return !out->failed;
}

/* ---- ServerKeyExchange: a named curve ---- */

struct curve {
	uint16_t number; /* IANA, TLS supported groups */
	size_t share;
	int nid; /* of libcrypto; NID_undef: any bytes are a share */
};
static const struct curve curves[] = {
	{ 23, 65, NID_X9_62_prime256v1 },
	{ 24, 97, NID_secp384r1 },
	{ 25, 133, NID_secp521r1 },
	{ 29, 32, NID_undef },
};

/* RFC 8422 5.4.1: uncompressed, and on the curve. */
static bool
is_point(int nid, struct slice share)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
	bool good =
	    point != NULL && share.data[0] == POINT_CONVERSION_UNCOMPRESSED &&
	    EC_POINT_oct2point(group, point, share.data, share.len, NULL) == 1;

	EC_POINT_free(point);
	EC_GROUP_free(group);
	return good;
}

static bool
put_curve(struct slice parameters, struct writer *out)
{
	struct reader in = reader_of(parameters);
	uint8_t type = reader_u8(&in);
	uint16_t number = reader_u16(&in);
	struct slice share = reader_vec8(&in);
	const struct curve *curve = NULL;

	if (!reader_done(&in) || type != NAMED_CURVE)
		return false;
	for (size_t i = 0; i < COUNT(curves); i++)
		if (curves[i].number == number)
			curve = &curves[i];
	if (curve == NULL || share.len != curve->share ||
	    (curve->nid != NID_undef && !is_point(curve->nid, share)))
		return false;
	writer_bytes(out, parameters);
	return true;
}

/* ---- ServerKeyExchange: a Diffie-Hellman group ---- */

/* A number's bytes, as many as it needs. */
static bool
is_number(struct slice number)
{
	return number.len > 0 && number.data[0] != 0;
}

/* 1 < number < prime - 1, for an odd prime; what has a small order is out. */
static bool
in_range(struct slice number, struct slice prime)
{
	size_t last = prime.len - 1;
	int order;

	if (!is_number(number) || number.len > prime.len)
		return false;
	if (number.len < prime.len)
		return number.len > 1 || number.data[0] > 1;
	order = memcmp(number.data, prime.data, last);
	return order != 0 ? order < 0
			  : number.data[last] < (prime.data[last] & 0xfe);
}

static bool
put_group(struct slice parameters, struct writer *out)
{
	struct reader in = reader_of(parameters);
	struct slice prime = reader_vec16(&in);
	struct slice generator = reader_vec16(&in);
	struct slice share = reader_vec16(&in);

	if (!reader_done(&in) || !is_number(prime) || prime.len < PRIME_MIN ||
	    prime.len > PRIME_MAX ||
	    (prime.len == PRIME_MIN && prime.data[0] < 0x80) ||
	    (prime.data[prime.len - 1] & 1) == 0 ||
	    !in_range(generator, prime) || !in_range(share, prime))
		return false;
	writer_bytes(out, parameters);
	return true;
}

/* ---- ServerKeyExchange: what the whole may not be ---- */

/*
 * Randoms, shares and groups are the front's choice, and formats that others
 * sign have room for the few bytes that are not. So what begins like one of
 * them is none of ours, also where a client's random does so by chance.
 */

/* What an element of DER or BER holds, after its tag; one without a length, all
 * that there is. */
static struct slice
element(struct reader *in)
{
	size_t len = reader_u8(in), width = len & 0x7f;

	if (len == 0x80)
		len = in->rest.len;
	else if (len > 0x80)
		for (len = 0; width > 0; width--)
			len = len << 8 | reader_u8(in);
	return reader_bytes(in, len);
}

/* A sequence or set from the first byte to the last, as certificates and most
 * else that is signed are. Where two bytes say it, which happens to randoms,
 * too, it must be one of elements. */
static bool
is_der(struct slice content)
{
	struct reader in = reader_of(content);
	uint8_t tag = reader_u8(&in);
	struct slice within = element(&in);

	if ((tag != 0x30 && tag != 0x31) || !reader_done(&in))
		return false;
	for (in = reader_of(within); reader_more(&in); element(&in))
		reader_u8(&in);
	return content.data[1] > 0x80 || reader_done(&in);
}

static bool
is_text(struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.data[i] < ' ' || bytes.data[i] > '~')
			return false;
	return true;
}

/*
 * A text in the place of the client's random, as of a JWS (RFC 7797), and the
 * spaces of TLS 1.3, too; RFC 8446 4.4.3: "prevents an attack on an earlier
 * version of TLS in which the ServerKeyExchange format meant that attackers
 * could obtain a signature of a message with a chosen 32-byte prefix". Or an
 * SSH certificate, which begins with an algorithm's name (the shortest is
 * "ssh-rsa"), its length before it; the Sig_structure of COSE (RFC 9052 4.4);
 * or IKE_SA_INIT (RFC 7296 2.15, 3.1).
 */
static bool
is_other(struct slice all)
{
	struct reader in = reader_of(all);
	struct slice name = reader_bytes(&in, reader_u32(&in));

	return is_text(slice_of(all.data, KEYPROTO_RANDOM)) ||
	       (name.len >= 7 && is_text(name)) ||
	       memcmp(all.data + 2, "Signature", 9) == 0 ||
	       (all.data[18] == 34 && memcmp(all.data + 20, "\0\0\0", 4) == 0);
}

bool
content_key_exchange(const struct keyproto_sign *sign, struct writer *out)
{
	struct slice content;

	writer_bytes(out, sign->client_random);
	writer_bytes(out, sign->server_random);
	/* No bytes are both: the least group is longer than the longest
	 * curve's parameters can be. */
	return (put_curve(sign->parameters, out) ||
		   put_group(sign->parameters, out)) &&
	       writer_result(out, &content) && !is_der(content) &&
	       !is_other(content) && content_client_version(content) == 0;
}

/* ---- CertificateVerify of a client ---- */

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };

/* RFC 5246 7.3: the messages up to a client's CertificateVerify. */
static const struct message {
	uint8_t type;
	bool may_lack;
} messages_signed[] = {
	{ CLIENT_HELLO, false }, { SERVER_HELLO, false },
	{ 11, false }, /* Certificate */
	{ 22, true },  /* CertificateStatus (RFC 6066 8) */
	{ 12, true },  /* ServerKeyExchange */
	{ 13, false }, /* CertificateRequest */
	{ 14, false }, /* ServerHelloDone */
	{ 11, false }, /* Certificate: the client's */
	{ 16, false }, /* ClientKeyExchange */
};

/* The version in a hello that has one, a random and more; else 0. */
static uint16_t
hello_version(struct slice hello)
{
	struct reader in = reader_of(hello);
	uint16_t version = reader_u16(&in);

	reader_bytes(&in, KEYPROTO_RANDOM);
	return reader_more(&in) && version >> 8 == 3 ? version : 0;
}

uint16_t
content_client_version(struct slice messages)
{
	struct reader in = reader_of(messages);
	uint8_t type = reader_u8(&in);
	struct slice body = reader_vec24(&in);
	uint16_t hello, version = 0;

	for (size_t i = 0; i < COUNT(messages_signed); i++) {
		if (in.failed)
			return 0;
		if (type != messages_signed[i].type) {
			if (messages_signed[i].may_lack)
				continue;
			return 0;
		}
		if (type == CLIENT_HELLO || type == SERVER_HELLO) {
			if ((hello = hello_version(body)) == 0)
				return 0;
			version = hello;
		}
		if (i + 1 < COUNT(messages_signed)) {
			type = reader_u8(&in);
			body = reader_vec24(&in);
		}
	}
	/* SSLv3 signs something else (RFC 6101 5.6.8), and TLS 1.3, too. */
	return reader_done(&in) && version >= 0x0301 && version <= 0x0303
		   ? version
		   : 0;
}
