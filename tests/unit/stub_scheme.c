/*
 * Until libtls/crypto/scheme.c is there: the little of it that the tests of
 * libtls/cert need. Weak, so that the real one wins when it comes.
 */
#include "libtls/crypto/scheme.h"

__attribute__((weak)) enum key_kind
key_kind_of(const EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return KEY_RSA;
	case EVP_PKEY_RSA_PSS:
		return KEY_RSA_PSS;
	case EVP_PKEY_EC:
		return KEY_ECDSA;
	default:
		return KEY_UNKNOWN;
	}
}

__attribute__((weak)) const struct scheme *
scheme_find(uint16_t number)
{
	static const struct scheme ecdsa = {
		.number = 0x0403, .key = KEY_ECDSA, .hash = S2N_TLS_HASH_SHA256
	};
	static const struct scheme pss = { .number = 0x0804,
		.key = KEY_RSA,
		.pss = true,
		.hash = S2N_TLS_HASH_SHA256 };

	return number == 0x0403 ? &ecdsa : number == 0x0804 ? &pss : NULL;
}
