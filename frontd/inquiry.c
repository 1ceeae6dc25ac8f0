/*
 * Questions to OCSP responders; the contract is in inquiry.h.
 */
#include "frontd/inquiry.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#define SCHEME "http://"
#define PORT 80
/* RFC 5019 5: a longer URL would be no GET. */
#define GET_URL_MAX 255

/* ---- where ---- */

/* What can stand in a request line: no space, no control, nothing of others. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool
take_host(const char *begin, size_t len, struct inquiry *out)
{
	if (len == 0 || len >= sizeof out->host)
		return false;
	memcpy(out->host, begin, len);
	out->host[len] = '\0';
	return strpbrk(out->host, "@[]:") == NULL ||
	       (begin[-1] == '[' && strpbrk(out->host, "@[]%") == NULL);
}

/* ":80", or nothing. */
static bool
take_port(const char *begin, const char *end, struct inquiry *out)
{
	unsigned long port = PORT;
	char *stop = NULL;

	if (begin < end) {
		if (*begin != ':' || begin[1] < '0' || begin[1] > '9')
			return false;
		port = strtoul(begin + 1, &stop, 10);
		if (stop != end || port == 0 || port > UINT16_MAX)
			return false;
	}
	out->port = (uint16_t)port;
	return true;
}

/* "http://name:80/path": what RFC 3986 permits besides no responder has. */
static bool
take_url(const char *url, struct inquiry *out)
{
	const char *host, *host_end, *end;

	if (strncasecmp(url, SCHEME, strlen(SCHEME)) != 0 || !is_plain(url) ||
	    strchr(url, '#') != NULL)
		return false;
	host = url + strlen(SCHEME);
	end = host + strcspn(host, "/?");
	if (*host == '[') {
		host++;
		host_end = host + strcspn(host, "]");
		if (host_end >= end ||
		    !take_host(host, (size_t)(host_end - host), out))
			return false;
		host_end++;
	} else {
		host_end = host + strcspn(host, ":/?");
		if (!take_host(host, (size_t)(host_end - host), out))
			return false;
	}
	return take_port(host_end, end, out) &&
	       snprintf(out->target, sizeof out->target, "%s%s",
		   *end == '/' ? "" : "/", end) < (int)sizeof out->target;
}

/* The first that speaks HTTP (RFC 5280 4.2.2.1). */
static bool
take_certificate_url(const struct site_chain *chain, struct inquiry *out)
{
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(chain->leaf);
	bool found = false;

	for (int i = 0; !found && i < sk_OPENSSL_STRING_num(urls); i++)
		found = take_url(sk_OPENSSL_STRING_value(urls, i), out);
	X509_email_free(urls);
	return found;
}

/* ---- what ---- */

/* SHA-1 is what responders know a certificate by (RFC 5019 2.1.1). A nonce
 * would ask for a response that no one else had before (RFC 5019 2.1.1). */
static int
encode(const struct site_chain *chain, X509 *issuer, uint8_t *out)
{
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), chain->leaf, issuer);
	int len = -1;

	if (request != NULL && id != NULL &&
	    OCSP_request_add0_id(request, id) != NULL) {
		id = NULL; /* the request's now */
		len = i2d_OCSP_REQUEST(request, NULL);
		if (len <= CONTROL_FETCH_BODY_MAX)
			len = i2d_OCSP_REQUEST(request, &out);
		else
			len = -1;
	}
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(request);
	return len;
}

/* Appends base64 for a path (RFC 6960 A.1). False if it does not fit. */
static bool
append_encoded(const uint8_t *der, int len, char *target, size_t room)
{
	char text[(CONTROL_FETCH_BODY_MAX + 2) / 3 * 4 + 1];
	size_t at = strlen(target);

	EVP_EncodeBlock((uint8_t *)text, der, len);
	if (at == 0 || target[at - 1] != '/')
		target[at++] = '/';
	for (const char *from = text; *from != '\0'; from++) {
		if (at + 4 > room)
			return false;
		if (*from == '+' || *from == '/' || *from == '=')
			at += (size_t)snprintf(target + at, room - at, "%%%02X",
			    (unsigned char)*from);
		else
			target[at++] = *from;
	}
	target[at] = '\0';
	return true;
}

/* Caches stand before responders, and know what they are asked for by GET; so
 * whatever fits is asked that way (RFC 5019 5). */
static void
prefer_get(struct inquiry *out)
{
	char target[sizeof out->target + 4];

	strcpy(target, out->target);
	if (strchr(target, '?') != NULL ||
	    !append_encoded(
		out->body, out->body_len, target, sizeof out->target) ||
	    strlen(SCHEME) + strlen(out->host) + strlen(":65535") +
		    strlen(target) >
		GET_URL_MAX)
		return;
	strcpy(out->target, target);
	out->body_len = 0;
}

const char *
inquiry_make(
    const struct site_chain *chain, const char *url, struct inquiry *out)
{
	X509 *issuer = site_issuer(chain);
	const char *reason = NULL;
	int len = -1;

	*out = (struct inquiry){ 0 };
	if (url != NULL && !take_url(url, out))
		reason = "url";
	else if (url == NULL && !take_certificate_url(chain, out))
		reason = "no-responder";
	else if (issuer == NULL)
		reason = "no-issuer";
	else if ((len = encode(chain, issuer, out->body)) < 0)
		reason = "no-issuer";
	if (reason == NULL) {
		out->body_len = (uint16_t)len;
		prefer_get(out);
	}
	X509_free(issuer);
	ERR_clear_error();
	return reason;
}
