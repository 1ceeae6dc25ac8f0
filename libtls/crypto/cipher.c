/*
 * CBC and stream ciphers; the contract is in cipher.h.
 */
#include "libtls/crypto/cipher.h"

const struct cipher cipher_aes128_cbc = { CIPHER_AES128_CBC, "AES-128-CBC", 16,
	16, false };
const struct cipher cipher_aes256_cbc = { CIPHER_AES256_CBC, "AES-256-CBC", 32,
	16, false };
const struct cipher cipher_3des_cbc = { CIPHER_3DES_CBC, "DES-EDE3-CBC", 24, 8,
	false };
const struct cipher cipher_rc4 = { CIPHER_RC4, "RC4", 16, 0, true };
