/*
 * Formats that others sign; the contract is in foreign.h.
 */
#include "tests/oracle/foreign.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include "base/writer.h"

#define RANDOMS 64
#define ROOM 4096
#define NUMBER 600 /* bytes of a group's prime and share */
#define CRAFTED (RANDOMS + 2 * (2 + NUMBER) + 3)
#define SSH_CERT "ssh-ed25519-cert-v01@openssh.com"
/* RFC 7797: the payload follows as it is. */
#define JWS_HEAD "eyJhbGciOiJSUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19."
#define DIGEST_INFO_SHA256                                                     \
	"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00" \
	"\x04\x20"

static struct foreign *items;
static size_t count;
static EVP_PKEY *key, *own;

static void
must(bool made, const char *what)
{
	if (made)
		return;
	fprintf(stderr, "keyoracle: cannot make %s\n", what);
	abort();
}

static void
add(const char *name, struct slice bytes)
{
	uint8_t *copy = malloc(bytes.len);

	must(count < FOREIGN_MAX && copy != NULL && bytes.len > 0, name);
	memcpy(copy, bytes.data, bytes.len);
	items[count++] = (struct foreign){ name, slice_of(copy, bytes.len) };
}

static void
add_der(const char *name, uint8_t *der, int len)
{
	must(len > 0, name);
	add(name, slice_of(der, (size_t)len));
	OPENSSL_free(der);
}

static void
text(struct writer *out, const char *words)
{
	writer_bytes(out, slice_of(words, strlen(words)));
}

static void
fill(struct writer *out, uint8_t byte, size_t len)
{
	for (size_t i = 0; i < len; i++)
		writer_u8(out, byte);
}

/* ---- X.509 and what belongs to it ---- */

static X509 *
certificate(void)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	must(X509_set_version(cert, X509_VERSION_3) == 1 &&
		 ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711) == 1 &&
		 X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		     (const uint8_t *)"victim.example", -1, -1, 0) == 1 &&
		 X509_set_issuer_name(cert, name) == 1 &&
		 X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL &&
		 X509_gmtime_adj(X509_getm_notAfter(cert), 86400) != NULL &&
		 X509_set_pubkey(cert, key) == 1 &&
		 X509_sign(cert, own, EVP_sha256()) > 0,
	    "a certificate");
	return cert;
}

static void
add_certificates(X509 *cert)
{
	X509_REQ *request = X509_REQ_new();
	X509_CRL *list = X509_CRL_new();
	const X509_NAME *name = X509_get_subject_name(cert);
	uint8_t *der = NULL;
	int len = i2d_re_X509_tbs(cert, &der);

	add_der("X.509 TBS", der, len);
	der = NULL;
	must(X509_REQ_set_subject_name(request, name) == 1 &&
		 X509_REQ_set_pubkey(request, key) == 1 &&
		 X509_REQ_sign(request, own, EVP_sha256()) > 0,
	    "a request");
	len = i2d_re_X509_REQ_tbs(request, &der);
	add_der("CSR info", der, len);
	der = NULL;
	must(
	    X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
		X509_CRL_set_issuer_name(list, name) == 1 &&
		X509_CRL_set1_lastUpdate(list, X509_get0_notBefore(cert)) ==
		    1 &&
		X509_CRL_set1_nextUpdate(list, X509_get0_notAfter(cert)) == 1 &&
		X509_CRL_sign(list, own, EVP_sha256()) > 0,
	    "a CRL");
	len = i2d_re_X509_CRL_tbs(list, &der);
	add_der("CRL TBS", der, len);
	X509_CRL_free(list);
	X509_REQ_free(request);
}

static void
add_ocsp(X509 *cert)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), cert, cert);
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	uint8_t *der = NULL;
	X509 *signer = certificate();
	int len;

	must(X509_set_pubkey(signer, own) == 1 &&
		 OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0,
		     NULL, now, now) != NULL &&
		 OCSP_basic_sign(
		     basic, signer, own, EVP_sha256(), NULL, OCSP_NOCERTS) == 1,
	    "an OCSP response");
	len = i2d_OCSP_RESPDATA(OCSP_resp_get0_respdata(basic), &der);
	add_der("OCSP TBS", der, len);
	X509_free(signer);
	ASN1_TIME_free(now);
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
}

/* RFC 9345 4: like the content of TLS 1.3, with another string. */
static void
add_delegated(X509 *cert)
{
	static const char context[] = "TLS, server delegated credentials";
	struct writer out;
	uint8_t *der = NULL, *spki = NULL;
	int len = i2d_X509(cert, &der), spki_len = i2d_PUBKEY(own, &spki);
	struct slice bytes;

	must(len > 0 && spki_len > 0, "a delegated credential");
	writer_init(&out, ROOM);
	fill(&out, ' ', 64);
	writer_bytes(&out, slice_of(context, sizeof context));
	writer_bytes(&out, slice_of(der, (size_t)len));
	writer_u32(&out, 604800);
	writer_u16(&out, 0x0403);
	writer_vec24(&out, slice_of(spki, (size_t)spki_len));
	writer_u16(&out, 0x0403);
	must(writer_result(&out, &bytes), "a delegated credential");
	add("delegated credential", bytes);
	writer_free(&out);
	OPENSSL_free(spki);
	OPENSSL_free(der);
}

/* ---- digests and texts ---- */

static void
add_digests(void)
{
	static const struct {
		const char *name;
		const char *head;
		size_t head_len, len;
	} hashes[] = {
		{ "DigestInfo of SHA-256", DIGEST_INFO_SHA256, 19, 32 },
		{ "DigestInfo of SHA-384",
		    "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02"
		    "\x02\x05\x00\x04\x30",
		    19, 48 },
		{ "DigestInfo of SHA-1",
		    "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04"
		    "\x14",
		    15, 20 },
	};
	struct writer out;
	struct slice bytes;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		writer_init(&out, ROOM);
		writer_bytes(
		    &out, slice_of(hashes[i].head, hashes[i].head_len));
		fill(&out, 0x5a, hashes[i].len);
		must(writer_result(&out, &bytes), hashes[i].name);
		add(hashes[i].name, bytes);
		writer_free(&out);
	}
	/* RFC 8017 9.2: padded as RSA of 2048 bits is applied to it. */
	writer_init(&out, ROOM);
	writer_u16(&out, 1);
	fill(&out, 0xff, 256 - 3 - 51);
	writer_u8(&out, 0);
	writer_bytes(&out, slice_of(DIGEST_INFO_SHA256, 19));
	fill(&out, 0x5a, 32);
	must(writer_result(&out, &bytes), "a padded digest");
	add("padded DigestInfo", bytes);
	writer_free(&out);
}

static void
add_texts(void)
{
	static const char *const texts[] = {
		"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZG1pbiJ9",
		"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwI"
		"iwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWUsImlhdCI6MTUxNjIzOTA"
		"yMiwiYXVkIjoiaHR0cHM6Ly9iYW5rLmV4YW1wbGUifQ",
		JWS_HEAD "{\"transfer\":\"everything\",\"to\":\"mallory\"}",
		"(request-target): post /transfer\nhost: bank.example\ndate: "
		"Tue, 07 Jun 2014 20:51:35 GMT\ndigest: SHA-256=X48E9qOokqqrvd"
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		add(i < 3 ? "JWT" : "HTTP signature",
		    slice_of(texts[i], strlen(texts[i])));
}

/* ---- SSH ---- */

static void
string(struct writer *out, struct slice bytes)
{
	writer_u32(out, (uint32_t)bytes.len);
	writer_bytes(out, bytes);
}

static void
word(struct writer *out, const char *bytes)
{
	string(out, slice_of(bytes, strlen(bytes)));
}

/* RFC 4252 7. session: the length of the first key exchange's hash. */
static void
add_userauth(size_t session, const char *user)
{
	static const uint8_t hash[64] = { 0x51, 0x7e };
	struct writer out;
	struct slice bytes;
	uint8_t *spki = NULL;
	int len = i2d_PUBKEY(key, &spki);

	writer_init(&out, ROOM);
	string(&out, slice_of(hash, session));
	writer_u8(&out, 50);
	word(&out, user);
	word(&out, "ssh-connection");
	word(&out, "publickey");
	writer_u8(&out, 1);
	word(&out, "rsa-sha2-256");
	must(len > 0, "a public key");
	string(&out, slice_of(spki, (size_t)len));
	must(writer_result(&out, &bytes), "SSH");
	add("SSH userauth", bytes);
	writer_free(&out);
	OPENSSL_free(spki);
}

/* What follows the nonce of a certificate. */
static void
certificate_tail(struct writer *out)
{
	static const uint8_t public_key[32] = { 0x77 };

	string(out, slice_of(public_key, sizeof public_key));
	writer_u64(out, 1);
	writer_u32(out, 1); /* of a user */
	word(out, "mallory");
	writer_u32(out, 8); /* principals */
	word(out, "root");
	writer_u64(out, 0);
	writer_u64(out, UINT64_MAX);
	word(out, "");
	word(out, "");
	word(out, "");
	writer_u32(out, 51); /* the authority's key */
	word(out, "ssh-ed25519");
	string(out, slice_of(public_key, sizeof public_key));
}

static void
add_ssh(void)
{
	static const uint8_t nonce[32] = { 3 };
	struct writer out;
	struct slice bytes;

	add_userauth(32, "root");
	add_userauth(64, "root");
	/* Where "TRUE, 0" stands at the place of a prime's length. */
	add_userauth(20, "root");
	writer_init(&out, ROOM);
	text(&out, "SSHSIG");
	word(&out, "git");
	word(&out, "");
	word(&out, "sha512");
	string(&out, slice_of(nonce, 32));
	must(writer_result(&out, &bytes), "SSHSIG");
	add("SSHSIG", bytes);
	writer_clear(&out);
	word(&out, SSH_CERT);
	string(&out, slice_of(nonce, 32));
	certificate_tail(&out);
	must(writer_result(&out, &bytes), "an SSH certificate");
	add("SSH certificate", bytes);
	writer_free(&out);
}

/* ---- crafted: a ServerKeyExchange, too ---- */

/*
 * A format's head up to where it has room for anything, at most RANDOMS bytes,
 * then a Diffie-Hellman group of which the share ends with the format's tail.
 * at: where in the head the length of what follows it is to stand, in that many
 * bytes, less so many of the tail.
 */
static void
craft(const char *name, struct slice head, size_t at, size_t width,
    struct slice tail)
{
	const size_t number = NUMBER, whole = CRAFTED;
	size_t room = whole - head.len;
	struct writer out;
	struct slice bytes;
	uint8_t *made;

	must(head.len <= RANDOMS && tail.len < number - 1, name);
	writer_init(&out, ROOM);
	writer_bytes(&out, head);
	fill(&out, 0x11, RANDOMS - head.len);
	writer_u16(&out, (uint16_t)number);
	fill(&out, 0xff, number);
	writer_u16(&out, 1);
	writer_u8(&out, 2);
	writer_u16(&out, (uint16_t)number);
	fill(&out, 0x11, number - tail.len);
	writer_bytes(&out, tail);
	must(writer_result(&out, &bytes) && bytes.len == whole, name);
	made = malloc(whole);
	must(made != NULL, name);
	memcpy(made, bytes.data, whole);
	for (size_t i = 0; i < width; i++)
		made[at + i] =
		    (uint8_t)((room - tail.len) >> 8 * (width - 1 - i));
	add(name, slice_of(made, whole));
	free(made);
	writer_free(&out);
}

/* RFC 7296 2.15: a first message, its nonce payload within a vendor's. */
static const uint8_t ike_head[] = { 1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2,
	1, 43, 0x20, 34, 0x20, 0, 0, 0, 0, 0, 0, CRAFTED >> 8, CRAFTED & 0xff,
	0, 0, (CRAFTED - 28) >> 8, (CRAFTED - 28) & 0xff };

static void
add_crafted(void)
{
	static const char cose[] =
	    "\x84\x6aSignature1\x43\xa1\x01\x26\x40\x59\0";
	static const uint8_t nonce_length[4] = { 0 };
	struct writer head, tail;
	struct slice before, after;

	writer_init(&head, ROOM);
	writer_init(&tail, ROOM);
	word(&head, SSH_CERT);
	writer_bytes(&head, slice_of(nonce_length, 4));
	certificate_tail(&tail);
	must(writer_result(&head, &before) && writer_result(&tail, &after),
	    "parts");
	craft("crafted SSH certificate", before, before.len - 4, 4, after);
	craft("crafted JWS", slice_of(JWS_HEAD "...", sizeof JWS_HEAD + 2), 0,
	    0, NO_BYTES);
	craft("crafted COSE", slice_of(cose, sizeof cose), sizeof cose - 2, 2,
	    NO_BYTES);
	craft("crafted IKE_SA_INIT", slice_of(ike_head, sizeof ike_head), 0, 0,
	    NO_BYTES);
	/* Lengths in the shortest form, and in a longer one. */
	craft("crafted sequence", slice_of("\x30\x82\0\0", 4), 2, 2, NO_BYTES);
	craft("crafted set", slice_of("\x31\x83\0\0\0", 5), 2, 3, NO_BYTES);
	writer_free(&head);
	writer_free(&tail);
}

/* RFC 5652 5.4: the attributes that are signed in a document's place, with an
 * ephemeral x25519 key within one that nobody knows. */
static void
add_attributes(void)
{
	static const uint8_t of_digest[] = { 0x30, 0x2f, 6, 9, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 1, 9, 4, 0x31, 0x22, 4, 0x20 };
	static const uint8_t unknown[] = { 0x30, 0x15, 6, 3, 0x2a, 3, 4, 0x31,
		0x0e, 4, 0x0c, 1, 2, 3, 0, 0x1d, 0x20, 1, 2, 3, 4, 5, 6 };
	static const uint8_t of_type[] = { 0x30, 0x18, 6, 9, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 1, 9, 3, 0x31, 0x0b, 6, 9, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 1, 7, 1 };
	struct writer out;
	struct slice bytes;

	writer_init(&out, ROOM);
	writer_u16(&out, 0x3162);
	writer_bytes(&out, slice_of(of_digest, sizeof of_digest));
	fill(&out, 0x5a, 32);
	writer_bytes(&out, slice_of(unknown, sizeof unknown));
	writer_bytes(&out, slice_of(of_type, sizeof of_type));
	must(writer_result(&out, &bytes) && bytes.len == 100, "attributes");
	add("crafted CMS attributes", bytes);
	writer_free(&out);
}

/* A sequence with an ephemeral key on a curve in an octet string of it. */
static void
add_sequence(uint8_t number, const char *curve)
{
	EVP_PKEY *share = EVP_EC_gen(curve);
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(share, &point);
	struct writer out;
	struct slice bytes;

	writer_init(&out, ROOM);
	writer_u16(&out, 0x3081);
	writer_u8(&out, (uint8_t)(RANDOMS + 4 + len - 3));
	writer_u24(&out, 0x020100);
	writer_u16(&out, 0x0481);
	writer_u8(&out, (uint8_t)(RANDOMS + 4 + len - 9));
	fill(&out, 0x42, RANDOMS - 9);
	writer_u8(&out, 3);
	writer_u16(&out, number);
	writer_vec8(&out, slice_of(point, len));
	must(writer_result(&out, &bytes), curve);
	add("crafted sequence", bytes);
	writer_free(&out);
	OPENSSL_free(point);
	EVP_PKEY_free(share);
}

size_t
foreign_make(EVP_PKEY *about, struct foreign made[FOREIGN_MAX])
{
	X509 *cert;

	items = made;
	count = 0;
	key = about;
	own = EVP_EC_gen("P-256");
	must(own != NULL, "a key");
	cert = certificate();
	add_certificates(cert);
	add_ocsp(cert);
	add_delegated(cert);
	add_digests();
	add_texts();
	add_ssh();
	add_crafted();
	add_attributes();
	add_sequence(23, "P-256");
	add_sequence(24, "P-384");
	add_sequence(25, "P-521");
	X509_free(cert);
	EVP_PKEY_free(own);
	return count;
}

/* ---- to tell them ---- */

/* A type of libcrypto's, from the first byte to the last. */
#define IS_A(type)                                                             \
	static bool is_##type(struct slice content)                            \
	{                                                                      \
		const uint8_t *at = content.data;                              \
		type *parsed = d2i_##type(NULL, &at, (long)content.len);       \
		bool whole =                                                   \
		    parsed != NULL && at == content.data + content.len;        \
                                                                               \
		type##_free(parsed);                                           \
		return whole;                                                  \
	}
IS_A(X509_CINF)
IS_A(X509_REQ_INFO)
IS_A(X509_CRL_INFO)
IS_A(OCSP_RESPDATA)
IS_A(X509_SIG)

/* A set of them, one after the other. */
static bool
is_attributes(struct slice content)
{
	const uint8_t *at = content.data, *end = content.data + content.len;
	X509_ATTRIBUTE *one;
	int tag, class;
	long len;

	if ((ASN1_get_object(&at, &len, &tag, &class, (long)content.len) &
		~V_ASN1_CONSTRUCTED) != 0 ||
	    tag != V_ASN1_SET || at + len != end)
		return false;
	while (at < end) {
		if ((one = d2i_X509_ATTRIBUTE(NULL, &at, end - at)) == NULL)
			return false;
		X509_ATTRIBUTE_free(one);
	}
	return true;
}

/* By its first bytes and its length: as short ones are by chance, too, only
 * from 128 bytes on. */
static bool
is_der(struct slice content)
{
	const uint8_t *at = content.data;
	int tag, class;
	long len;

	return content.len >= 128 &&
	       ASN1_get_object(&at, &len, &tag, &class, (long)content.len) ==
		   V_ASN1_CONSTRUCTED &&
	       (tag == V_ASN1_SEQUENCE || tag == V_ASN1_SET) &&
	       at + len == content.data + content.len;
}

static bool
is_text(struct slice content, size_t from, size_t len)
{
	if (content.len < from + len)
		return false;
	for (size_t i = from; i < from + len; i++)
		if (content.data[i] < 0x20 || content.data[i] > 0x7e)
			return false;
	return true;
}

/* A name of an algorithm with its length before it. */
static bool
is_ssh(struct slice content)
{
	return content.len > 40 && content.data[0] == 0 &&
	       content.data[1] == 0 && content.data[2] == 0 &&
	       content.data[3] >= 7 && content.data[3] < 64 &&
	       is_text(content, 4, content.data[3]);
}

static bool
is_text_first(struct slice content)
{
	return is_text(content, 0, 32);
}

static bool
is_cose(struct slice content)
{
	return content.len > 12 &&
	       (memcmp(content.data, "\x84\x6aSignature1", 12) == 0 ||
		   memcmp(content.data, "\x85\x69Signature", 11) == 0);
}

static bool
is_ike(struct slice content)
{
	return content.len >= 28 && content.data[17] == 0x20 &&
	       content.data[18] == 34 &&
	       memcmp(content.data + 20, "\0\0\0\0", 4) == 0 &&
	       (size_t)(content.data[26] << 8 | content.data[27]) <=
		   content.len;
}

static const struct {
	const char *name;
	bool (*is)(struct slice);
} kinds[] = {
	{ "a TBSCertificate", is_X509_CINF },
	{ "a certificate request", is_X509_REQ_INFO },
	{ "a TBSCertList", is_X509_CRL_INFO },
	{ "an OCSP ResponseData", is_OCSP_RESPDATA },
	{ "a DigestInfo", is_X509_SIG },
	{ "signed attributes", is_attributes },
	{ "a DER sequence or set", is_der },
	{ "an SSH certificate", is_ssh },
	{ "a text", is_text_first },
	{ "COSE", is_cose },
	{ "an IKE message", is_ike },
};

const char *
foreign_told(struct slice content)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].is(content))
			return kinds[i].name;
	return NULL;
}
