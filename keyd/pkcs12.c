/*
 * PKCS#12 files; the contract is in pkcs12.h. Taken apart step by step, where
 * libcrypto's one call would hash a passphrase as often as the file says.
 */
#include "keyd/pkcs12.h"

#include <limits.h>

#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

/* What was found on the way. */
struct found {
	struct passphrase passphrase;
	EVP_PKEY *key;
	STACK_OF(X509) * certificates;
};

/* ---- bags ---- */

static enum keyproto_verdict
take_key(struct found *found, const PKCS12_SAFEBAG *bag)
{
	if (found->key != NULL)
		return KEYPROTO_MANY;
	if (PKCS12_SAFEBAG_get_nid(bag) == NID_pkcs8ShroudedKeyBag)
		return encrypted_key(PKCS12_SAFEBAG_get0_pkcs8(bag),
		    found->passphrase, &found->key);
	found->key = EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag));
	return found->key != NULL ? KEYPROTO_SERVED : KEYPROTO_KIND;
}

static enum keyproto_verdict
take_certificate(struct found *found, const PKCS12_SAFEBAG *bag)
{
	X509 *certificate = PKCS12_SAFEBAG_get1_cert(bag);

	/* Of another type than X.509, which is nobody's here. */
	if (certificate == NULL)
		return KEYPROTO_SERVED;
	if (sk_X509_push(found->certificates, certificate) > 0)
		return KEYPROTO_SERVED;
	X509_free(certificate);
	return KEYPROTO_NO_KEY;
}

static enum keyproto_verdict
take_bags(struct found *found, const STACK_OF(PKCS12_SAFEBAG) * bags)
{
	enum keyproto_verdict verdict = KEYPROTO_SERVED;
	const PKCS12_SAFEBAG *bag;

	for (int i = 0;
	     i < sk_PKCS12_SAFEBAG_num(bags) && verdict == KEYPROTO_SERVED;
	     i++) {
		bag = sk_PKCS12_SAFEBAG_value(bags, i);
		switch (PKCS12_SAFEBAG_get_nid(bag)) {
		case NID_keyBag:
		case NID_pkcs8ShroudedKeyBag:
			verdict = take_key(found, bag);
			break;
		case NID_certBag:
			verdict = take_certificate(found, bag);
			break;
		}
	}
	return verdict;
}

/* ---- safes ---- */

/*
 * NULL: SERVED for one that is of no use and does not matter: certificates
 * behind RC2, as was the habit for long, in a file that is sound as a whole.
 */
static STACK_OF(PKCS12_SAFEBAG) *
    open_safe(struct found *found, PKCS7 *safe, enum keyproto_verdict *verdict)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

	*verdict = KEYPROTO_SERVED;
	if (PKCS7_type_is_data(safe)) {
		bags = PKCS12_unpack_p7data(safe);
		if (bags == NULL)
			*verdict = KEYPROTO_NO_KEY;
	} else if (PKCS7_type_is_encrypted(safe)) {
		*verdict =
		    encrypted_known(safe->d.encrypted->enc_data->algorithm);
		if (*verdict == KEYPROTO_CIPHER)
			*verdict = KEYPROTO_SERVED;
		else if (*verdict == KEYPROTO_SERVED &&
			 (bags = PKCS12_unpack_p7encdata(safe,
			      found->passphrase.data, found->passphrase.len)) ==
			     NULL)
			*verdict = KEYPROTO_PASSPHRASE;
	}
	return bags;
}

static enum keyproto_verdict
open_safes(struct found *found, const STACK_OF(PKCS7) * safes)
{
	enum keyproto_verdict verdict = KEYPROTO_SERVED;
	STACK_OF(PKCS12_SAFEBAG) * bags;

	for (int i = 0; i < sk_PKCS7_num(safes) && verdict == KEYPROTO_SERVED;
	     i++) {
		bags = open_safe(found, sk_PKCS7_value(safes, i), &verdict);
		if (bags != NULL)
			verdict = take_bags(found, bags);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	return verdict;
}

/* ---- the file ---- */

/* Tells whether the passphrase is right, before anything is decrypted. */
static enum keyproto_verdict
verify(PKCS12 *file, struct passphrase passphrase)
{
	const X509_ALGOR *how = NULL;
	const ASN1_INTEGER *iterations = NULL;

	if (!PKCS12_mac_present(file))
		return KEYPROTO_SERVED;
	PKCS12_get0_mac(NULL, &how, NULL, &iterations, file);
	if (EVP_get_digestbyobj(how->algorithm) == NULL)
		return KEYPROTO_CIPHER;
	if (!encrypted_few(iterations))
		return KEYPROTO_ITERATIONS;
	return PKCS12_verify_mac(file, passphrase.data, passphrase.len) == 1
		   ? KEYPROTO_SERVED
		   : KEYPROTO_PASSPHRASE;
}

static enum keyproto_verdict
match(const struct found *found, X509 **certificate)
{
	int count = sk_X509_num(found->certificates);

	if (found->key == NULL)
		return KEYPROTO_NO_KEY;
	for (int i = 0; i < count && *certificate == NULL; i++) {
		X509 *one = sk_X509_value(found->certificates, i);

		if (X509_check_private_key(one, found->key) == 1 &&
		    X509_up_ref(one) == 1)
			*certificate = one;
	}
	return count == 0 || *certificate != NULL ? KEYPROTO_SERVED
						  : KEYPROTO_MISMATCH;
}

static enum keyproto_verdict
open_file(PKCS12 *file, struct found *found, X509 **certificate)
{
	STACK_OF(PKCS7) * safes;
	enum keyproto_verdict verdict = verify(file, found->passphrase);

	if (verdict != KEYPROTO_SERVED)
		return verdict;
	if ((safes = PKCS12_unpack_authsafes(file)) == NULL)
		return KEYPROTO_NO_KEY;
	verdict = open_safes(found, safes);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return verdict == KEYPROTO_SERVED ? match(found, certificate) : verdict;
}

enum keyproto_verdict
pkcs12_read(struct slice bytes, struct passphrase passphrase, EVP_PKEY **key,
    X509 **certificate)
{
	const unsigned char *at = bytes.data;
	struct found found = { .passphrase = passphrase };
	enum keyproto_verdict verdict = KEYPROTO_NO_KEY;
	PKCS12 *file = bytes.len <= INT_MAX
			   ? d2i_PKCS12(NULL, &at, (long)bytes.len)
			   : NULL;

	*key = NULL;
	*certificate = NULL;
	if (file != NULL && passphrase.data == NULL)
		verdict = KEYPROTO_ENCRYPTED;
	else if (file != NULL &&
		 (found.certificates = sk_X509_new_null()) != NULL)
		verdict = open_file(file, &found, certificate);
	if (verdict == KEYPROTO_SERVED)
		*key = found.key;
	else
		EVP_PKEY_free(found.key);
	sk_X509_pop_free(found.certificates, X509_free);
	PKCS12_free(file);
	return verdict;
}
