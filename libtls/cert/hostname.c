/*
 * Host names: which ones a certificate has, and the built-in comparison.
 */
#include "libtls/cert/hostname.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

struct address {
	int family; /* 0: not an IP address */
	uint8_t bytes[16];
};

char
hostname_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
equal(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (hostname_lower(a[i]) != hostname_lower(b[i]))
			return false;
	return true;
}

static struct address
address_of(const char *text, size_t len)
{
	struct address address = { 0 };
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof copy || memchr(text, '\0', len) != NULL)
		return address;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, address.bytes) == 1)
		address.family = AF_INET;
	else if (inet_pton(AF_INET6, copy, address.bytes) == 1)
		address.family = AF_INET6;
	return address;
}

static bool
address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family &&
	       memcmp(a->bytes, b->bytes, a->family == AF_INET ? 4 : 16) == 0;
}

/* Has at least two labels, none of them empty or with a wildcard. */
static bool
two_labels(const char *name, size_t len)
{
	size_t dots = 0;

	for (size_t i = 0; i < len; i++) {
		if (name[i] == '*')
			return false;
		if (name[i] != '.')
			continue;
		if (i == 0 || i + 1 == len || name[i + 1] == '.')
			return false;
		dots++;
	}
	return dots > 0;
}

/* RFC 9525 6.3: the wildcard is the whole left-most label and stands for one.
 */
static bool
wildcard_matches(const char *pattern, size_t len, const char *host, size_t room)
{
	const char *dot = memchr(host, '.', room);
	size_t label;

	if (dot == NULL || dot == host || len < 2 || pattern[0] != '*' ||
	    pattern[1] != '.' || !two_labels(pattern + 2, len - 2))
		return false;
	label = (size_t)(dot - host);
	return room - label == len - 1 && equal(dot, pattern + 1, len - 1);
}

uint8_t
hostname_matches(const char *name, size_t len, void *expected)
{
	const char *host = expected;
	struct address address, other;
	size_t room;

	if (name == NULL || host == NULL || len == 0 ||
	    memchr(name, '\0', len) != NULL)
		return 0;
	room = strlen(host);
	address = address_of(host, room);
	other = address_of(name, len);
	if (address.family != 0 || other.family != 0)
		return address_equal(&address, &other);
	/* The root's dot, which certificates do not write. */
	if (room > 1 && host[room - 1] == '.')
		room--;
	if (room == 0)
		return 0;
	return (room == len && equal(name, host, len)) ||
	       wildcard_matches(name, len, host, room);
}

/* A DNS name, URI or CN; one that could pass for an address is no name. */
static bool
visit_text(struct slice text, hostname_visit *visit, void *arg)
{
	const char *name = (const char *)text.data;

	if (text.len == 0 || memchr(name, '\0', text.len) != NULL ||
	    address_of(name, text.len).family != 0)
		return false;
	return visit(arg, name, text.len);
}

static bool
visit_address(struct slice bytes, hostname_visit *visit, void *arg)
{
	char text[INET6_ADDRSTRLEN];

	if (bytes.len != 4 && bytes.len != 16)
		return false;
	inet_ntop(
	    bytes.len == 4 ? AF_INET : AF_INET6, bytes.data, text, sizeof text);
	return visit(arg, text, strlen(text));
}

static struct slice
slice_of_asn1(const ASN1_STRING *string)
{
	return slice_of(
	    ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

/* An IP address written out. */
static bool
visit_text_address(struct slice text, hostname_visit *visit, void *arg)
{
	const char *name = (const char *)text.data;

	return address_of(name, text.len).family != 0 &&
	       visit(arg, name, text.len);
}

typedef bool visit_kind(struct slice, hostname_visit *, void *);

static bool
visit_common_names(
    const X509 *x509, visit_kind *visit_name, hostname_visit *visit, void *arg)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	const X509_NAME_ENTRY *entry;
	bool stop = false;
	unsigned char *text;
	int at = -1, len;

	while (!stop && (at = X509_NAME_get_index_by_NID(
			     subject, NID_commonName, at)) >= 0) {
		entry = X509_NAME_get_entry(subject, at);
		len =
		    ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
		if (len < 0)
			continue;
		stop = visit_name(slice_of(text, (size_t)len), visit, arg);
		OPENSSL_free(text);
	}
	return stop;
}

bool
hostname_each_served(const X509 *x509, hostname_visit *visit, void *arg)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	const GENERAL_NAME *name;
	bool any = false, stop = false;

	for (int i = 0; !stop && i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_DNS)
			continue;
		any = true;
		stop = visit_text(slice_of_asn1(name->d.ia5), visit, arg);
	}
	GENERAL_NAMES_free(names);
	return any ? stop : visit_common_names(x509, visit_text, visit, arg);
}

static bool
visit_claim(const GENERAL_NAME *name, hostname_visit *visit, void *arg)
{
	switch (name->type) {
	case GEN_DNS:
	case GEN_URI:
		return visit_text(slice_of_asn1(name->d.ia5), visit, arg);
	case GEN_IPADD:
		return visit_address(
		    slice_of_asn1(name->d.iPAddress), visit, arg);
	default: /* an int that libcrypto gives, not an enum */
		return false;
	}
}

/* A visitor and whether it was called. */
struct claims {
	hostname_visit *visit;
	void *arg;
	bool any;
};

static bool
note_claim(void *arg, const char *name, size_t len)
{
	struct claims *claims = arg;

	claims->any = true;
	return claims->visit(claims->arg, name, len);
}

bool
hostname_each_claimed(const X509 *x509, hostname_visit *visit, void *arg)
{
	struct claims claims = { visit, arg, false };
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	bool stop = false;

	for (int i = 0; !stop && i < sk_GENERAL_NAME_num(names); i++)
		stop = visit_claim(
		    sk_GENERAL_NAME_value(names, i), note_claim, &claims);
	/* RFC 6125 6.4.4: the CN counts only when there is no SAN. */
	if (X509_get_ext_by_NID(x509, NID_subject_alt_name, -1) < 0)
		stop =
		    visit_common_names(x509, visit_text, note_claim, &claims);
	GENERAL_NAMES_free(names);
	return claims.any ? stop : visit(arg, "", 0);
}

bool
hostname_each_cn_address(const X509 *x509, hostname_visit *visit, void *arg)
{
	return X509_get_ext_by_NID(x509, NID_subject_alt_name, -1) < 0 &&
	       visit_common_names(x509, visit_text_address, visit, arg);
}
