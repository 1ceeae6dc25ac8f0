/*
 * Identities of clients; the contract is in identity.h.
 */
#include "frontd/identity.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/reader.h"

/* The leaf, of the list that libtls gives; borrowed from the connection. */
static struct slice
leaf_of(struct s2n_connection *conn)
{
	struct reader in;
	uint8_t *list;
	uint32_t len;

	if (s2n_connection_get_client_cert_chain(conn, &list, &len) != 0)
		return NO_BYTES;
	in = reader_of(slice_of(list, len));
	return reader_vec24(&in);
}

/*
 * The first common name. One that is too long, or would look shorter to a
 * reader of C strings, is nobody's.
 */
static void
take_common_name(const X509 *x509, char out[PROXY_TEXT_MAX])
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *text = NULL;
	int len = -1;

	if (at >= 0)
		len = ASN1_STRING_to_UTF8(&text,
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (len > 0 && len < PROXY_TEXT_MAX &&
	    memchr(text, '\0', (size_t)len) == NULL) {
		memcpy(out, text, (size_t)len);
		out[len] = '\0';
	}
	OPENSSL_free(text);
}

static bool
fingerprint(struct slice der, char out[IDENTITY_FINGERPRINT])
{
	uint8_t hash[32];

	if (EVP_Digest(der.data, der.len, hash, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (size_t i = 0; i < sizeof hash; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	return true;
}

static bool
fill(struct identity *identity, struct slice der)
{
	const uint8_t *at = der.data;
	X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
	bool done = x509 != NULL && der.data != NULL &&
		    fingerprint(der, identity->fingerprint) &&
		    (identity->der = malloc(der.len)) != NULL;

	if (done) {
		memcpy(identity->der, der.data, der.len);
		identity->der_len = der.len;
		take_common_name(x509, identity->common_name);
	}
	X509_free(x509);
	return done;
}

bool
identity_take(struct s2n_connection *conn, struct identity **out)
{
	struct identity *identity;

	*out = NULL;
	if (s2n_connection_client_cert_used(conn) != 1)
		return true;
	if ((identity = calloc(1, sizeof *identity)) == NULL)
		return false;
	if (!fill(identity, leaf_of(conn))) {
		identity_free(identity);
		return false;
	}
	*out = identity;
	return true;
}

void
identity_tell(const struct identity *identity, struct proxy_info *info)
{
	info->verified = identity != NULL;
	proxy_set(
	    info->common_name, identity != NULL ? identity->common_name : NULL);
	info->certificate = identity != NULL
				? slice_of(identity->der, identity->der_len)
				: NO_BYTES;
}

void
identity_drop_certificate(struct identity *identity)
{
	if (identity == NULL)
		return;
	free(identity->der);
	identity->der = NULL;
	identity->der_len = 0;
}

void
identity_free(struct identity *identity)
{
	identity_drop_certificate(identity);
	free(identity);
}
