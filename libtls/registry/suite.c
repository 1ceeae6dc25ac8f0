/*
 * The table of cipher suites.
 */
#include "libtls/registry/suite.h"

#include "libtls/registry/iana.h"
#include "libtls/s2n.h"

/* clang-format off */
static const struct suite table[] = {
	{ TLS_AES_128_GCM_SHA256,       "TLS_AES_128_GCM_SHA256",       "TLS_AES_128_GCM_SHA256",       S2N_TLS13, &aead_aes128_gcm,        &digest_sha256 },
	{ TLS_AES_256_GCM_SHA384,       "TLS_AES_256_GCM_SHA384",       "TLS_AES_256_GCM_SHA384",       S2N_TLS13, &aead_aes256_gcm,        &digest_sha384 },
	{ TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", S2N_TLS13, &aead_chacha20_poly1305, &digest_sha256 },
};
/* clang-format on */

const struct suite *
suite_find(uint16_t number)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}
