/*
 * RFC 5280's rules for single certificates, as far as libcrypto is too lax.
 */
#include "libtls/cert/rules.h"

#include <openssl/x509v3.h>

#include "base/slice.h"

/* RFC 5280 4.1.2.2: positive, and 20 octets at most. */
static bool
serial_sound(const X509 *x509)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
	const uint8_t *octets = ASN1_STRING_get0_data(serial);
	int len = ASN1_STRING_length(serial);
	bool zero = true;

	for (int i = 0; zero && i < len; i++)
		zero = octets[i] == 0;
	return !zero && len <= 20 &&
	       (ASN1_STRING_type(serial) & V_ASN1_NEG) == 0;
}

/* RFC 5280 4.2.1.9: "If the cA boolean is not asserted, then the keyCertSign
 * bit in the key usage extension MUST NOT be asserted." */
static bool
usage_sound(X509 *x509)
{
	uint32_t flags = X509_get_extension_flags(x509);

	return (flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_CA) != 0 ||
	       (flags & EXFLAG_KUSAGE) == 0 ||
	       (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN) == 0;
}

/* RFC 5280 4.2.1.10: the extension "MUST be used only in a CA certificate". */
static bool
constrains_rightly(X509 *x509)
{
	return X509_get_ext_by_NID(x509, NID_name_constraints, -1) < 0 ||
	       (X509_get_extension_flags(x509) & EXFLAG_CA) != 0;
}

/* RFC 5280 4.2.1.11: "Conforming CAs MUST mark this extension as critical." */
static bool
policy_critical(const X509 *x509)
{
	int at = X509_get_ext_by_NID(x509, NID_policy_constraints, -1);

	return at < 0 || X509_EXTENSION_get_critical(X509_get_ext(x509, at));
}

static bool
has(struct slice text, const char *part)
{
	return text.len > 0 &&
	       memmem(text.data, text.len, part, strlen(part)) != NULL;
}

/* RFC 5280 4.2.1.6: a host name has no empty label. */
static bool
dns_sound(struct slice name)
{
	return (name.len == 0 || name.data[0] != '.') && !has(name, "..");
}

/* RFC 5280 4.2.1.6: Local-part@Domain. */
static bool
mailbox_sound(struct slice name)
{
	const uint8_t *at =
	    name.len == 0 ? NULL : memchr(name.data, '@', name.len);

	return at != NULL && at != name.data &&
	       at + 1 != name.data + name.len &&
	       memchr(at + 1, '@', (size_t)(name.data + name.len - at - 1)) ==
		   NULL;
}

/*
 * RFC 5280 4.2.1.6: a URI has a scheme. Without one it could pass for a host
 * name, and escape the constraints on those.
 */
static bool
uri_sound(struct slice name)
{
	return has(name, ":");
}

static bool
name_sound(const GENERAL_NAME *name)
{
	struct slice text;

	if (name->type != GEN_DNS && name->type != GEN_EMAIL &&
	    name->type != GEN_URI)
		return true;
	text = slice_of(ASN1_STRING_get0_data(name->d.ia5),
	    (size_t)ASN1_STRING_length(name->d.ia5));
	if (name->type == GEN_DNS)
		return dns_sound(text);
	return name->type == GEN_EMAIL ? mailbox_sound(text) : uri_sound(text);
}

static bool
names_sound(const X509 *x509)
{
	int critical;
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x509, NID_subject_alt_name, &critical, NULL);
	/* -1: there is none; -2: there are two. */
	bool sound = names != NULL || critical == -1;

	for (int i = 0; sound && i < sk_GENERAL_NAME_num(names); i++)
		sound = name_sound(sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	return sound;
}

/* RFC 5280 4.1.2.6: a CA's subject "MUST be populated with a non-empty DN". */
static bool
issuer_named(const X509 *x509)
{
	return X509_NAME_entry_count(X509_get_subject_name(x509)) > 0;
}

/*
 * RFC 5280 4.2.1.9. An anchor is a name and a key, whose other extensions bind
 * nobody (6.1.1); but a certificate of today that does not say that it is a CA
 * was trusted for itself. Those of version 1 cannot say it.
 */
static bool
anchor_issues(X509 *x509)
{
	return X509_get_version(x509) != X509_VERSION_3 ||
	       X509_check_ca(x509) == 1;
}

int
rules_check(const STACK_OF(X509) * path)
{
	int last = sk_X509_num(path) - 1;
	X509 *x509;

	/* Of a leaf that is trusted itself too. */
	if (!serial_sound(sk_X509_value(path, 0)))
		return fail(ERR_CERT_BAD);
	for (int i = 0; i < last; i++) {
		x509 = sk_X509_value(path, i);
		if (!serial_sound(x509) || !usage_sound(x509) ||
		    !constrains_rightly(x509) || !policy_critical(x509) ||
		    !names_sound(x509) ||
		    !issuer_named(sk_X509_value(path, i + 1)))
			return fail(ERR_CERT_BAD);
	}
	if (last > 0 && !anchor_issues(sk_X509_value(path, last)))
		return fail(ERR_CERT_BAD);
	return 0;
}
