/*
 * Encryption with a passphrase; the contract is in encrypted.h.
 */
#include "keyd/encrypted.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

bool
encrypted_few(const ASN1_INTEGER *count)
{
	uint64_t iterations = 1;

	return count == NULL ||
	       (ASN1_INTEGER_get_uint64(&iterations, count) == 1 &&
		   iterations <= ENCRYPTED_ITERATIONS_MAX);
}

static enum keyproto_verdict
judge(bool few)
{
	return few ? KEYPROTO_SERVED : KEYPROTO_ITERATIONS;
}

static bool
cipher_is_there(const ASN1_OBJECT *name)
{
	EVP_CIPHER *cipher =
	    EVP_CIPHER_fetch(NULL, OBJ_nid2sn(OBJ_obj2nid(name)), NULL);
	bool there = cipher != NULL;

	EVP_CIPHER_free(cipher);
	return there;
}

/* RFC 8018 A.2: a key derivation and a cipher. */
static enum keyproto_verdict
judge_pbes2(const ASN1_TYPE *parameter)
{
	PBE2PARAM *what =
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameter);
	PBKDF2PARAM *derived = NULL;
	enum keyproto_verdict verdict = KEYPROTO_CIPHER;

	if (what != NULL &&
	    OBJ_obj2nid(what->keyfunc->algorithm) == NID_id_pbkdf2 &&
	    cipher_is_there(what->encryption->algorithm))
		derived = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(PBKDF2PARAM), what->keyfunc->parameter);
	if (derived != NULL)
		verdict = judge(encrypted_few(derived->iter));
	PBKDF2PARAM_free(derived);
	PBE2PARAM_free(what);
	return verdict;
}

/* RFC 7292 appendix C. */
static enum keyproto_verdict
judge_pbe(const ASN1_TYPE *parameter)
{
	PBEPARAM *what =
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameter);
	enum keyproto_verdict verdict =
	    what != NULL ? judge(encrypted_few(what->iter)) : KEYPROTO_CIPHER;

	PBEPARAM_free(what);
	return verdict;
}

enum keyproto_verdict
encrypted_known(const X509_ALGOR *how)
{
	switch (OBJ_obj2nid(how->algorithm)) {
	case NID_pbes2:
		return judge_pbes2(how->parameter);
	case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
	case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
		return judge_pbe(how->parameter);
	}
	return KEYPROTO_CIPHER;
}

enum keyproto_verdict
encrypted_key(
    const X509_SIG *sealed, struct passphrase passphrase, EVP_PKEY **key)
{
	const X509_ALGOR *how;
	enum keyproto_verdict verdict;
	PKCS8_PRIV_KEY_INFO *open;

	X509_SIG_get0(sealed, &how, NULL);
	if (passphrase.data == NULL)
		return KEYPROTO_ENCRYPTED;
	if ((verdict = encrypted_known(how)) != KEYPROTO_SERVED)
		return verdict;
	open = PKCS8_decrypt(sealed, passphrase.data, passphrase.len);
	if (open == NULL)
		return KEYPROTO_PASSPHRASE;
	*key = EVP_PKCS82PKEY(open);
	PKCS8_PRIV_KEY_INFO_free(open);
	return *key != NULL ? KEYPROTO_SERVED : KEYPROTO_KIND;
}
