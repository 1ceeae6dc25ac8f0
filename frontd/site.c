/*
 * Certificate chains; the contract is in site.h.
 */
#include "frontd/site.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "frontd/names.h"

static X509 *
read_leaf(const char *pem, size_t len)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	X509 *leaf =
	    bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return leaf;
}

/* As keyd computes it of the key: both encode what libcrypto parsed. */
static bool
hash_public(X509 *leaf, uint8_t out[SITE_SPKI])
{
	EVP_PKEY *key = X509_get0_pubkey(leaf);
	uint8_t *der = NULL;
	int len = key != NULL ? i2d_PUBKEY(key, &der) : 0;
	bool done = len > 0 && EVP_Q_digest(NULL, "SHA256", NULL, der,
				   (size_t)len, out, NULL) == 1;

	OPENSSL_free(der);
	return done;
}

static time_t
expiry(X509 *leaf)
{
	struct tm parts;
	time_t when = 0;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &parts) == 1)
		when = timegm(&parts);
	return when > 0 ? when : 0;
}

const char *
site_parse_chain(struct site_chain *chain)
{
	chain->leaf = read_leaf(chain->pem.text, chain->pem.len);
	if (chain->leaf == NULL)
		return "no certificate in PEM";
	if (!hash_public(chain->leaf, chain->spki))
		return "the certificate's public key is of no known kind";
	chain->kind = EVP_PKEY_get_base_id(X509_get0_pubkey(chain->leaf));
	chain->not_after = expiry(chain->leaf);
	if (X509_digest(chain->leaf, EVP_sha256(), chain->id, NULL) != 1)
		return "out of memory";
	return NULL;
}

const char *
site_read_chain(const char *path, struct site_chain *chain)
{
	const char *reason;

	*chain = (struct site_chain){ 0 };
	if ((reason = pem_file_read(path, &chain->pem)) != NULL)
		return reason;
	if ((reason = site_parse_chain(chain)) != NULL)
		site_free_chain(chain);
	return reason;
}

void
site_free_chain(struct site_chain *chain)
{
	pem_file_free(&chain->pem);
	X509_free(chain->leaf);
	*chain = (struct site_chain){ 0 };
}

void
site_forget_leaf(struct site_chain *chain)
{
	X509_free(chain->leaf);
	chain->leaf = NULL;
}

X509 *
site_issuer(const struct site_chain *chain)
{
	BIO *bio = BIO_new_mem_buf(chain->pem.text, (int)chain->pem.len);
	X509 *cert = NULL;

	while (bio != NULL &&
	       (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (X509_check_issued(cert, chain->leaf) == X509_V_OK)
			break;
		X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error(); /* the end of the text is one */
	return cert;
}

bool
site_covers(const struct site_chain *chain, const char *name)
{
	return X509_check_host(chain->leaf, name, strlen(name), 0, NULL) == 1;
}

/* One with a zero, or that is longer than names are, is nobody's. */
static bool
add_name(const GENERAL_NAME *general, uint8_t *list, size_t room, size_t *len)
{
	char name[256];
	const ASN1_STRING *text;
	size_t size;

	if (general->type != GEN_DNS)
		return true;
	text = general->d.dNSName;
	size = (size_t)ASN1_STRING_length(text);
	if (size == 0 || size >= sizeof name ||
	    memchr(ASN1_STRING_get0_data(text), '\0', size) != NULL)
		return true;
	memcpy(name, ASN1_STRING_get0_data(text), size);
	name[size] = '\0';
	return names_append(list, room, len, name);
}

bool
site_names(
    const struct site_chain *chain, uint8_t *list, size_t room, size_t *len)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(chain->leaf, NID_subject_alt_name, NULL, NULL);
	bool fit = true;

	*len = 0;
	for (int i = 0; fit && i < sk_GENERAL_NAME_num(names); i++)
		fit =
		    add_name(sk_GENERAL_NAME_value(names, i), list, room, len);
	GENERAL_NAMES_free(names);
	return fit;
}
