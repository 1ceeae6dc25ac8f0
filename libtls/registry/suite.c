/*
 * The table of cipher suites.
 */
#include "libtls/registry/suite.h"

#include "libtls/registry/iana.h"
#include "libtls/s2n.h"

#define NAMED(suite) suite, #suite
#define AEAD(name) &aead_##name, NULL, NULL
#define CIPHER(name, mac) NULL, &cipher_##name, &digest_##mac

/* clang-format off */
static const struct suite table[] = {
/*	  number and name                                         libcrypto's name                   since      key exchange, authentication, PRF, protection */
	{ NAMED(TLS_AES_128_GCM_SHA256),                          "TLS_AES_128_GCM_SHA256",          S2N_TLS13, KX_TLS13, AUTH_ANY,   &digest_sha256, AEAD(aes128_gcm) },
	{ NAMED(TLS_AES_256_GCM_SHA384),                          "TLS_AES_256_GCM_SHA384",          S2N_TLS13, KX_TLS13, AUTH_ANY,   &digest_sha384, AEAD(aes256_gcm) },
	{ NAMED(TLS_CHACHA20_POLY1305_SHA256),                    "TLS_CHACHA20_POLY1305_SHA256",    S2N_TLS13, KX_TLS13, AUTH_ANY,   &digest_sha256, AEAD(chacha20_poly1305) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA),            "ECDHE-ECDSA-AES128-SHA",          S2N_SSLv3, KX_ECDHE, AUTH_ECDSA, &digest_sha256, CIPHER(aes128_cbc, sha1) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA),            "ECDHE-ECDSA-AES256-SHA",          S2N_SSLv3, KX_ECDHE, AUTH_ECDSA, &digest_sha256, CIPHER(aes256_cbc, sha1) },
	{ NAMED(TLS_ECDHE_RSA_WITH_RC4_128_SHA),                  "ECDHE-RSA-RC4-SHA",               S2N_SSLv3, KX_ECDHE, AUTH_RSA,   &digest_sha256, CIPHER(rc4, sha1) },
	{ NAMED(TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA),             "ECDHE-RSA-DES-CBC3-SHA",          S2N_SSLv3, KX_ECDHE, AUTH_RSA,   &digest_sha256, CIPHER(3des_cbc, sha1) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA),              "ECDHE-RSA-AES128-SHA",            S2N_SSLv3, KX_ECDHE, AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha1) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA),              "ECDHE-RSA-AES256-SHA",            S2N_SSLv3, KX_ECDHE, AUTH_RSA,   &digest_sha256, CIPHER(aes256_cbc, sha1) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256),         "ECDHE-ECDSA-AES128-SHA256",       S2N_TLS12, KX_ECDHE, AUTH_ECDSA, &digest_sha256, CIPHER(aes128_cbc, sha256) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384),         "ECDHE-ECDSA-AES256-SHA384",       S2N_TLS12, KX_ECDHE, AUTH_ECDSA, &digest_sha384, CIPHER(aes256_cbc, sha384) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256),           "ECDHE-RSA-AES128-SHA256",         S2N_TLS12, KX_ECDHE, AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha256) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384),           "ECDHE-RSA-AES256-SHA384",         S2N_TLS12, KX_ECDHE, AUTH_RSA,   &digest_sha384, CIPHER(aes256_cbc, sha384) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),         "ECDHE-ECDSA-AES128-GCM-SHA256",   S2N_TLS12, KX_ECDHE, AUTH_ECDSA, &digest_sha256, AEAD(aes128_gcm) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),         "ECDHE-ECDSA-AES256-GCM-SHA384",   S2N_TLS12, KX_ECDHE, AUTH_ECDSA, &digest_sha384, AEAD(aes256_gcm) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),           "ECDHE-RSA-AES128-GCM-SHA256",     S2N_TLS12, KX_ECDHE, AUTH_RSA,   &digest_sha256, AEAD(aes128_gcm) },
	{ NAMED(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),           "ECDHE-RSA-AES256-GCM-SHA384",     S2N_TLS12, KX_ECDHE, AUTH_RSA,   &digest_sha384, AEAD(aes256_gcm) },
	{ NAMED(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),     "ECDHE-RSA-CHACHA20-POLY1305",     S2N_TLS12, KX_ECDHE, AUTH_RSA,   &digest_sha256, AEAD(chacha20_poly1305) },
	{ NAMED(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),   "ECDHE-ECDSA-CHACHA20-POLY1305",   S2N_TLS12, KX_ECDHE, AUTH_ECDSA, &digest_sha256, AEAD(chacha20_poly1305) },
	{ NAMED(TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA),               "DHE-RSA-DES-CBC3-SHA",            S2N_SSLv3, KX_DHE,   AUTH_RSA,   &digest_sha256, CIPHER(3des_cbc, sha1) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_128_CBC_SHA),                "DHE-RSA-AES128-SHA",              S2N_SSLv3, KX_DHE,   AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha1) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_256_CBC_SHA),                "DHE-RSA-AES256-SHA",              S2N_SSLv3, KX_DHE,   AUTH_RSA,   &digest_sha256, CIPHER(aes256_cbc, sha1) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_128_CBC_SHA256),             "DHE-RSA-AES128-SHA256",           S2N_TLS12, KX_DHE,   AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha256) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_256_CBC_SHA256),             "DHE-RSA-AES256-SHA256",           S2N_TLS12, KX_DHE,   AUTH_RSA,   &digest_sha256, CIPHER(aes256_cbc, sha256) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_128_GCM_SHA256),             "DHE-RSA-AES128-GCM-SHA256",       S2N_TLS12, KX_DHE,   AUTH_RSA,   &digest_sha256, AEAD(aes128_gcm) },
	{ NAMED(TLS_DHE_RSA_WITH_AES_256_GCM_SHA384),             "DHE-RSA-AES256-GCM-SHA384",       S2N_TLS12, KX_DHE,   AUTH_RSA,   &digest_sha384, AEAD(aes256_gcm) },
	{ NAMED(TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256),       "DHE-RSA-CHACHA20-POLY1305",       S2N_TLS12, KX_DHE,   AUTH_RSA,   &digest_sha256, AEAD(chacha20_poly1305) },
	{ NAMED(TLS_RSA_WITH_RC4_128_MD5),                        "RC4-MD5",                         S2N_SSLv3, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(rc4, md5) },
	{ NAMED(TLS_RSA_WITH_RC4_128_SHA),                        "RC4-SHA",                         S2N_SSLv3, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(rc4, sha1) },
	{ NAMED(TLS_RSA_WITH_3DES_EDE_CBC_SHA),                   "DES-CBC3-SHA",                    S2N_SSLv3, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(3des_cbc, sha1) },
	{ NAMED(TLS_RSA_WITH_AES_128_CBC_SHA),                    "AES128-SHA",                      S2N_SSLv3, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha1) },
	{ NAMED(TLS_RSA_WITH_AES_256_CBC_SHA),                    "AES256-SHA",                      S2N_SSLv3, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(aes256_cbc, sha1) },
	{ NAMED(TLS_RSA_WITH_AES_128_CBC_SHA256),                 "AES128-SHA256",                   S2N_TLS12, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(aes128_cbc, sha256) },
	{ NAMED(TLS_RSA_WITH_AES_256_CBC_SHA256),                 "AES256-SHA256",                   S2N_TLS12, KX_RSA,   AUTH_RSA,   &digest_sha256, CIPHER(aes256_cbc, sha256) },
	{ NAMED(TLS_RSA_WITH_AES_128_GCM_SHA256),                 "AES128-GCM-SHA256",               S2N_TLS12, KX_RSA,   AUTH_RSA,   &digest_sha256, AEAD(aes128_gcm) },
	{ NAMED(TLS_RSA_WITH_AES_256_GCM_SHA384),                 "AES256-GCM-SHA384",               S2N_TLS12, KX_RSA,   AUTH_RSA,   &digest_sha384, AEAD(aes256_gcm) },
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

bool
suite_available(const struct suite *suite)
{
	return suite->aead != NULL || (cipher_available(suite->cipher) &&
					  digest_available(suite->mac));
}

bool
suite_takes(const struct suite *suite, enum key_kind kind)
{
	switch (suite->authentication) {
	case AUTH_ANY:
		return true;
	case AUTH_ECDSA: /* RFC 8422 5.10: or EdDSA, which is TLS 1.2's alone */
		return kind == KEY_ECDSA || kind == KEY_ED25519;
	case AUTH_RSA: /* RFC 4055 1.2: a key for PSS only does not decrypt */
		return kind == KEY_RSA ||
		       (kind == KEY_RSA_PSS && suite->key_exchange != KX_RSA);
	}
	return false;
}

bool
suite_fits(const struct suite *suite, uint8_t version)
{
	if (suite->key_exchange == KX_TLS13)
		return version >= S2N_TLS13;
	return version < S2N_TLS13 && version >= suite->min_version;
}
