/*
 * Secrets that become public; the contract is in secret.h.
 */
#include "libtls/crypto/secret.h"

#include <openssl/crypto.h>

/* Weak, so that a program with a function of this name can watch. */
__attribute__((weak)) uint32_t
secret_disclose(uint32_t value)
{
	return value;
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return secret_disclose((uint32_t)CRYPTO_memcmp(a, b, len)) == 0;
}
