/*
 * The Baseline Requirements (BR) by their sections.
 */
#include "libtls/cert/web_rules.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "base/slice.h"

static bool
critical(const X509 *x509, int nid)
{
	int at = X509_get_ext_by_NID(x509, nid, -1);

	return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x509, at));
}

static bool
present(const X509 *x509, int nid)
{
	return X509_get_ext_by_NID(x509, nid, -1) >= 0;
}

/* BR 6.1.5: RSA of 2048 bits or more in whole bytes, P-256, P-384, P-521. */
static bool
key_permitted(X509 *x509)
{
	static const char *const curves[] = { SN_X9_62_prime256v1, SN_secp384r1,
		SN_secp521r1 };
	EVP_PKEY *key = X509_get0_pubkey(x509);
	char curve[64];

	if (key == NULL)
		return false;
	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))
		return EVP_PKEY_get_bits(key) >= 2048 &&
		       EVP_PKEY_get_bits(key) % 8 == 0;
	if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME,
		curve, sizeof curve, NULL) != 1)
		return false;
	for (size_t i = 0; i < COUNT(curves); i++)
		if (strcmp(curve, curves[i]) == 0)
			return true;
	return false;
}

/*
 * BR 7.1.2.11.1 and RFC 5280 4.2.1.1, of an anchor. The issuer's name and
 * serial number together are let pass: several of Mozilla's roots have them.
 */
static bool
anchor_identified(X509 *anchor)
{
	AUTHORITY_KEYID *authority =
	    X509_get_ext_d2i(anchor, NID_authority_key_identifier, NULL, NULL);
	const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(anchor);
	bool self = X509_NAME_cmp(X509_get_subject_name(anchor),
			X509_get_issuer_name(anchor)) == 0;
	bool sound;

	if (authority == NULL)
		return self && !present(anchor, NID_authority_key_identifier);
	sound = authority->keyid != NULL &&
		(authority->issuer == NULL) == (authority->serial == NULL) &&
		(!self || own == NULL ||
		    ASN1_OCTET_STRING_cmp(authority->keyid, own) == 0);
	AUTHORITY_KEYID_free(authority);
	return sound;
}

/*
 * BR 7.1.2.11 and RFC 5280 4.2.1.1, 4.2.1.2: of what is not an anchor, the
 * issuer's key is named, and of an issuer its own.
 */
static bool
identified(X509 *x509, bool issuer)
{
	return X509_get0_authority_key_id(x509) != NULL &&
	       (!issuer || X509_get0_subject_key_id(x509) != NULL);
}

/* BR 7.1.2.7.6: what there is can be read, and is not empty. */
static bool
access_sound(const X509 *leaf)
{
	AUTHORITY_INFO_ACCESS *access =
	    X509_get_ext_d2i(leaf, NID_info_access, NULL, NULL);
	bool sound = access == NULL ? !present(leaf, NID_info_access)
				    : sk_ACCESS_DESCRIPTION_num(access) > 0;

	AUTHORITY_INFO_ACCESS_free(access);
	return sound;
}

/* BR 7.1.2.7.10: there, not critical, and not for any purpose. */
static bool
intent_sound(X509 *leaf)
{
	return present(leaf, NID_ext_key_usage) &&
	       !critical(leaf, NID_ext_key_usage) &&
	       (X509_get_extended_key_usage(leaf) & XKU_ANYEKU) == 0;
}

static struct slice
bytes_of(const ASN1_STRING *string)
{
	return slice_of(
	    ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

/* Whether a name is written exactly so; addresses as RFC 5952 says. */
static bool
written(const GENERAL_NAME *name, struct slice text)
{
	char address[INET6_ADDRSTRLEN];
	struct slice bytes;

	if (name->type == GEN_DNS)
		return slice_equal(bytes_of(name->d.dNSName), text);
	if (name->type != GEN_IPADD)
		return false;
	bytes = bytes_of(name->d.iPAddress);
	if (bytes.len != 4 && bytes.len != 16)
		return false;
	inet_ntop(bytes.len == 4 ? AF_INET : AF_INET6, bytes.data, address,
	    sizeof address);
	return slice_equal(slice_of_string(address), text);
}

/* BR 7.1.4.2 and RFC 1034 3.5: letters, digits, hyphens; no underscore. */
static bool
characters_permitted(const GENERAL_NAMES *names)
{
	const GENERAL_NAME *name;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS &&
		    memchr(ASN1_STRING_get0_data(name->d.dNSName), '_',
			(size_t)ASN1_STRING_length(name->d.dNSName)) != NULL)
			return false;
	}
	return true;
}

static bool
one_is_written(const GENERAL_NAMES *names, X509_NAME_ENTRY *entry)
{
	unsigned char *text;
	int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
	bool found = false;

	if (len < 0)
		return false;
	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = written(sk_GENERAL_NAME_value(names, i),
		    slice_of(text, (size_t)len));
	OPENSSL_free(text);
	return found;
}

/*
 * BR 7.1.2.7.12: names stand in subjectAltName, which is critical when the
 * subject is empty and else not; 7.1.4.3: a common name is a copy of one of
 * them.
 */
static bool
names_sound(const X509 *leaf)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	X509_NAME *subject = X509_get_subject_name(leaf);
	bool sound = names != NULL && characters_permitted(names) &&
		     critical(leaf, NID_subject_alt_name) ==
			 (X509_NAME_entry_count(subject) == 0);
	int at = -1;

	while (sound && (at = X509_NAME_get_index_by_NID(
			     subject, NID_commonName, at)) >= 0)
		sound = one_is_written(names, X509_NAME_get_entry(subject, at));
	GENERAL_NAMES_free(names);
	return sound;
}

/* BR 7.1.2.7.8: cA "MUST be FALSE". */
static bool
leaf_sound(X509 *leaf)
{
	return (X509_get_extension_flags(leaf) & EXFLAG_CA) == 0 &&
	       names_sound(leaf) && access_sound(leaf);
}

int
web_rules_check(const STACK_OF(X509) * path)
{
	int last = sk_X509_num(path) - 1;
	X509 *anchor = sk_X509_value(path, last);

	/* The leaf itself is trusted, whoever made it. */
	if (last == 0)
		return 0;
	for (int i = 0; i <= last; i++)
		if (!key_permitted(sk_X509_value(path, i)))
			return fail(ERR_CERT_BAD);
	/* BR 7.1.1: "Certificates MUST be of type X.509 v3." */
	for (int i = 0; i < last; i++)
		if (X509_get_version(sk_X509_value(path, i)) !=
			X509_VERSION_3 ||
		    !identified(sk_X509_value(path, i), i > 0))
			return fail(ERR_CERT_BAD);
	if (!anchor_identified(anchor) || !leaf_sound(sk_X509_value(path, 0)))
		return fail(ERR_CERT_BAD);
	return 0;
}

/* BR 7.1.2.1.2: a root has no extKeyUsage. */
int
web_rules_check_intent(const STACK_OF(X509) * path)
{
	int last = sk_X509_num(path) - 1;

	if (last > 0 &&
	    (present(sk_X509_value(path, last), NID_ext_key_usage) ||
		!intent_sound(sk_X509_value(path, 0))))
		return fail(ERR_CERT_INTENT);
	return 0;
}
