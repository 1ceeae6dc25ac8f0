/*
 * What a certificate request is to say, and whether it does; the contract is in
 * csr.h.
 */
#include "keyd/csr.h"

#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* ---- the subject ---- */

#define ATTRIBUTE_MAX 128

static const char *const attributes[] = { "C", "ST", "L", "street", "O", "OU",
	"CN", "DC", "serialNumber" };

static bool
is_attribute(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (strlen(attributes[i]) == len &&
		    memcmp(attributes[i], word, len) == 0)
			return true;
	return false;
}

/* Up to a comma that means one, which is passed over. */
static const char *
take_value(const char **at, char *value, size_t room)
{
	size_t len = 0, blanks = 0; /* at its end */

	for (; **at != '\0' && **at != ','; (*at)++) {
		if (**at == '+')
			return "a '+' that is part of a value is written "
			       "'\\+'";
		blanks = **at == ' ' ? blanks + 1 : 0;
		if (**at == '\\' && *++*at == '\0')
			return "it ends with a backslash";
		if ((unsigned char)**at < ' ' || **at == 0x7f)
			return "it has a control character";
		if (len + 1 == room)
			return "a value is longer than its certificate's "
			       "field";
		value[len++] = **at;
	}
	value[len - blanks] = '\0';
	if (len == blanks)
		return "an attribute is empty";
	if (**at == ',' && *++*at == '\0')
		return "it ends with a comma";
	return NULL;
}

/* Blanks. */
static const char *
after(const char *at)
{
	return at + strspn(at, " ");
}

static const char *
take_attribute(const char **at, X509_NAME *name)
{
	char word[16], value[ATTRIBUTE_MAX];
	const char *fault;
	size_t len;

	*at = after(*at);
	len = strcspn(*at, " =");
	if (!is_attribute(*at, len) || *after(*at + len) != '=')
		return "it is ATTRIBUTE=value, ..., of the attributes C, ST, L, "
		       "street, O, OU, CN, DC and serialNumber";
	memcpy(word, *at, len);
	word[len] = '\0';
	*at = after(after(*at + len) + 1);
	if ((fault = take_value(at, value, sizeof value)) != NULL)
		return fault;
	if (strcmp(word, "C") == 0 && strlen(value) != 2)
		return "a country (C) is two letters";
	return X509_NAME_add_entry_by_txt(name, word, MBSTRING_UTF8,
		   (const unsigned char *)value, -1, -1, 0) == 1
		   ? NULL
		   : "a value is not UTF-8, or not what its attribute may be";
}

const char *
csr_subject(const char *text, struct csr_wanted *wanted)
{
	X509_NAME *name = X509_NAME_new();
	uint8_t *out = wanted->subject;
	const char *fault = name == NULL ? "out of memory" : NULL;
	int len;

	do
		fault = fault != NULL ? fault : take_attribute(&text, name);
	while (fault == NULL && *text != '\0');
	len = fault == NULL ? i2d_X509_NAME(name, NULL) : 0;
	if (fault == NULL && (len <= 0 || (size_t)len > CSR_SUBJECT_MAX))
		fault = "it is too long";
	if (fault == NULL)
		wanted->subject_len = (size_t)i2d_X509_NAME(name, &out);
	X509_NAME_free(name);
	ERR_clear_error();
	return fault;
}

/* ---- names ---- */

static bool
is_label(const char *label, size_t len)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789-";

	return len >= 1 && len <= 63 && strspn(label, allowed) >= len &&
	       label[0] != '-' && label[len - 1] != '-';
}

/* RFC 1123 2.1, RFC 6125 6.4.3. The last label of a host is no number: it would
 * be a mistyped address. */
static const char *
judge_host(const char *name)
{
	const char *at = name, *last = name;
	size_t len;

	if (strlen(name) > 253)
		return "a host's name is 253 characters at most";
	if (strncmp(at, "*.", 2) == 0)
		at += 2;
	for (;; at += len + 1) {
		last = at;
		len = strcspn(at, ".");
		if (!is_label(at, len))
			return "neither a host's name (other scripts as "
			       "xn--...; a '*' only as the first label) nor an "
			       "address";
		if (at[len] == '\0')
			break;
	}
	return strspn(last, "0123456789") == strlen(last)
		   ? "neither a host's name nor an address"
		   : NULL;
}

/* Its length; 0: it is none. */
static int
address_of(const char *name, uint8_t address[16])
{
	return inet_pton(AF_INET, name, address) == 1    ? 4
	       : inet_pton(AF_INET6, name, address) == 1 ? 16
							 : 0;
}

static GENERAL_NAME *
general_name(const char *name)
{
	GENERAL_NAME *general = GENERAL_NAME_new();
	uint8_t address[16];
	int len = address_of(name, address);
	ASN1_STRING *value =
	    len > 0 ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();

	if (general == NULL || value == NULL ||
	    ASN1_STRING_set(value, len > 0 ? (const void *)address : name,
		len > 0 ? len : -1) != 1) {
		ASN1_STRING_free(value);
		GENERAL_NAME_free(general);
		return NULL;
	}
	GENERAL_NAME_set0_value(general, len > 0 ? GEN_IPADD : GEN_DNS, value);
	return general;
}

const char *
csr_name(const char *name, struct csr_wanted *wanted)
{
	const uint8_t *at = wanted->names;
	uint8_t *out = wanted->names;
	uint8_t address[16];
	const char *fault =
	    address_of(name, address) > 0 ? NULL : judge_host(name);
	GENERAL_NAMES *all;
	GENERAL_NAME *one;
	int len;

	if (fault != NULL)
		return fault;
	all = wanted->names_len == 0
		  ? sk_GENERAL_NAME_new_null()
		  : d2i_GENERAL_NAMES(NULL, &at, (long)wanted->names_len);
	one = general_name(name);
	if (all == NULL || one == NULL || sk_GENERAL_NAME_push(all, one) <= 0) {
		GENERAL_NAME_free(one);
		fault = "out of memory";
	} else if ((len = i2d_GENERAL_NAMES(all, NULL)) <= 0 ||
		   (size_t)len > CSR_NAMES_MAX) {
		fault = "the names are too many";
	} else {
		wanted->names_len = (size_t)i2d_GENERAL_NAMES(all, &out);
	}
	sk_GENERAL_NAME_pop_free(all, GENERAL_NAME_free);
	return fault;
}

/* ---- what came back ---- */

bool
csr_good(struct slice der, const uint8_t spki[KEYPROTO_SPKI])
{
	const uint8_t *at = der.data;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);
	EVP_PKEY *key = request != NULL ? X509_REQ_get0_pubkey(request) : NULL;
	uint8_t *public = NULL, hash[KEYPROTO_SPKI];
	int len = key != NULL ? i2d_PUBKEY(key, &public) : 0;
	bool good = len > 0 && at == der.data + der.len &&
		    X509_REQ_verify(request, key) == 1 &&
		    EVP_Q_digest(NULL, "SHA256", NULL, public, (size_t)len,
			hash, NULL) == 1 &&
		    memcmp(hash, spki, sizeof hash) == 0;

	OPENSSL_free(public);
	X509_REQ_free(request);
	ERR_clear_error();
	return good;
}

size_t
csr_pem(struct slice der, char *out, size_t room)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len = 0;

	if (bio != NULL && PEM_write_bio(bio, PEM_STRING_X509_REQ, "", der.data,
			       (long)der.len) > 0)
		len = BIO_get_mem_data(bio, &text);
	if (len <= 0 || (size_t)len >= room)
		len = 0;
	memcpy(out, len > 0 ? text : "", (size_t)len);
	out[len] = '\0';
	BIO_free(bio);
	return (size_t)len;
}
