/*
 * The model of record protection; the contract is in reference12.h. A failure
 * of libcrypto's ends the program: there is nothing to compare with then.
 */
#include "tests/unit/reference12.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "libtls/registry/iana.h"
#include "libtls/s2n.h"

#define HEADER 5
#define TAG 16
#define NONCE 12
#define SALT 4

static void
need(int ok)
{
	if (ok == 1)
		return;
	fprintf(stderr, "libcrypto failed in the model of TLS 1.2 records\n");
	abort();
}

static uint8_t *
put(uint8_t *at, uint64_t number, unsigned bytes)
{
	while (bytes-- > 0)
		*at++ = (uint8_t)(number >> 8 * bytes);
	return at;
}

static uint8_t *
append(uint8_t *at, const void *bytes, size_t len)
{
	if (len > 0)
		memcpy(at, bytes, len);
	return at + len;
}

/* ---- MACs ---- */

static void
hash(const char *name, const uint8_t *from, const uint8_t *end, uint8_t *out)
{
	need(EVP_Q_digest(
	    NULL, name, NULL, from, (size_t)(end - from), out, NULL));
}

/* RFC 2104; the key is no longer than a block. */
static void
hmac(const struct recipe_mac *mac, const uint8_t *key, struct slice in,
    uint8_t *out)
{
	static uint8_t text[REFERENCE_RECORD_MAX + 256];
	uint8_t outer[256], *at = text + mac->block;

	memset(text, 0, mac->block);
	memcpy(text, key, mac->size);
	for (size_t i = 0; i < mac->block; i++)
		text[i] ^= 0x36;
	hash(mac->name, text, append(at, in.data, in.len), out);
	for (size_t i = 0; i < mac->block; i++)
		outer[i] = text[i] ^ 0x36 ^ 0x5c;
	at = append(outer + mac->block, out, mac->size);
	hash(mac->name, outer, at, out);
}

/* RFC 6101 5.2.3.1 */
static void
sslv3(const struct recipe_mac *mac, const uint8_t *key, uint64_t sequence,
    uint8_t type, struct slice plain, uint8_t *out)
{
	static uint8_t text[REFERENCE_RECORD_MAX + 256];
	size_t pad = mac->size == 16 ? 48 : 40;
	uint8_t *at = append(text, key, mac->size);

	memset(at, 0x36, pad);
	at = put(at + pad, sequence, 8);
	at = put(at, type, 1);
	at = put(at, plain.len, 2);
	hash(mac->name, text, append(at, plain.data, plain.len), out);
	at = append(text, key, mac->size);
	memset(at, 0x5c, pad);
	hash(mac->name, text, append(at + pad, out, mac->size), out);
}

void
reference12_mac(const struct recipe_mac *mac, unsigned version,
    const uint8_t *key, uint64_t sequence, uint8_t type, struct slice plain,
    uint8_t *out)
{
	static uint8_t text[REFERENCE_RECORD_MAX];
	uint8_t *at = text;

	if (version == 0x0300) {
		sslv3(mac, key, sequence, type, plain, out);
		return;
	}
	at = put(at, sequence, 8);
	at = put(at, type, 1);
	at = put(at, version, 2);
	at = put(at, plain.len, 2);
	at = append(at, plain.data, plain.len);
	hmac(mac, key, slice_of(text, (size_t)(at - text)), out);
}

/* ---- ciphers ---- */

/* RFC 5246 6.2.3.3 */
static void
encrypt_aead(struct reference12 *ref, const uint8_t *nonce, uint8_t type,
    struct slice text, uint8_t *out)
{
	const char *name = ref->recipe->cipher->name;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t ad[13];
	int len;

	put(put(put(put(ad, ref->sequence, 8), type, 1), ref->version, 2),
	    text.len, 2);
	need(EVP_EncryptInit_ex2(ctx, cipher, ref->key, nonce, NULL));
	need(EVP_EncryptUpdate(ctx, NULL, &len, ad, sizeof ad));
	if (text.len > 0)
		need(EVP_EncryptUpdate(
		    ctx, out, &len, text.data, (int)text.len));
	need(EVP_EncryptFinal_ex(ctx, out + text.len, &len));
	need(EVP_CIPHER_CTX_ctrl(
	    ctx, EVP_CTRL_AEAD_GET_TAG, TAG, out + text.len));
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static void
encrypt_cbc(struct reference12 *ref, struct slice text, uint8_t *out)
{
	const struct recipe_cipher *by = ref->recipe->cipher;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, by->name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t block[REFERENCE_BLOCK_MAX];
	int len;

	need(text.len % by->block == 0);
	need(EVP_EncryptInit_ex2(ctx, cipher, ref->key, NULL, NULL));
	need(EVP_CIPHER_CTX_set_padding(ctx, 0));
	for (size_t at = 0; at < text.len; at += by->block) {
		for (size_t i = 0; i < by->block; i++)
			block[i] = ref->iv[i] ^ text.data[at + i];
		need(EVP_EncryptUpdate(
		    ctx, ref->iv, &len, block, (int)by->block));
		memcpy(out + at, ref->iv, by->block);
	}
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static uint8_t
rc4_swap(struct reference12 *ref, uint8_t i, uint8_t j)
{
	uint8_t *s = ref->rc4, old = s[i];

	s[i] = s[j];
	s[j] = old;
	return (uint8_t)(s[i] + s[j]);
}

static void
rc4_start(struct reference12 *ref)
{
	uint8_t j = 0;

	for (unsigned i = 0; i < 256; i++)
		ref->rc4[i] = (uint8_t)i;
	for (unsigned i = 0; i < 256; i++) {
		j = (uint8_t)(j + ref->rc4[i] + ref->key[i % 16]);
		rc4_swap(ref, (uint8_t)i, j);
	}
	ref->rc4_i = ref->rc4_j = 0;
}

static void
encrypt_rc4(struct reference12 *ref, struct slice text, uint8_t *out)
{
	for (size_t n = 0; n < text.len; n++) {
		ref->rc4_j = (uint8_t)(ref->rc4_j + ref->rc4[++ref->rc4_i]);
		out[n] = text.data[n] ^
			 ref->rc4[rc4_swap(ref, ref->rc4_i, ref->rc4_j)];
	}
}

/* ---- records ---- */

size_t
reference12_explicit(const struct reference12 *ref)
{
	const struct recipe *recipe = ref->recipe;

	if (recipe->cipher->kind == RECIPE_GCM)
		return 8;
	if (recipe->cipher->kind == RECIPE_CBC && recipe->version > S2N_TLS10)
		return recipe->cipher->block;
	return 0;
}

size_t
reference12_text(const struct reference12 *ref, uint8_t type,
    struct slice plain, size_t padding, uint8_t *text)
{
	const struct recipe *recipe = ref->recipe;
	uint8_t *at = append(text, plain.data, plain.len);

	if (recipe->mac->size == 0)
		return plain.len;
	reference12_mac(recipe->mac, ref->version, ref->mac_key, ref->sequence,
	    type, plain, at);
	at += recipe->mac->size;
	if (recipe->cipher->kind != RECIPE_CBC)
		return (size_t)(at - text);
	if (padding == 0)
		padding = recipe->cipher->block -
			  (size_t)(at - text) % recipe->cipher->block;
	memset(at, (int)padding - 1, padding);
	return (size_t)(at - text) + padding;
}

/* RFC 5288 3, RFC 7905 2 */
static void
make_nonce(
    const struct reference12 *ref, const uint8_t *explicit, uint8_t *nonce)
{
	memcpy(nonce, ref->iv, NONCE);
	if (ref->recipe->cipher->kind == RECIPE_GCM)
		memcpy(nonce + SALT, explicit, NONCE - SALT);
	else
		for (unsigned i = 0; i < 8; i++)
			nonce[NONCE - 1 - i] ^=
			    (uint8_t)(ref->sequence >> 8 * i);
}

size_t
reference12_encrypt(struct reference12 *ref, uint8_t type, struct slice text,
    const uint8_t *explicit, uint8_t *record)
{
	size_t in_front = reference12_explicit(ref);
	size_t len = in_front + text.len;
	uint8_t nonce[NONCE], *out;

	if (ref->recipe->mac->size == 0)
		len += TAG;
	out = put(put(put(record, type, 1), ref->version, 2), len, 2);
	out = append(out, explicit, in_front);
	switch (ref->recipe->cipher->kind) {
	case RECIPE_GCM:
	case RECIPE_CHACHA:
		make_nonce(ref, explicit, nonce);
		encrypt_aead(ref, nonce, type, text, out);
		break;
	case RECIPE_CBC:
		if (in_front > 0)
			memcpy(ref->iv, explicit, in_front);
		encrypt_cbc(ref, text, out);
		break;
	case RECIPE_RC4:
		encrypt_rc4(ref, text, out);
		break;
	}
	ref->sequence++;
	return HEADER + len;
}

size_t
reference12_seal(struct reference12 *ref, uint8_t type, struct slice plain,
    const uint8_t *explicit, uint8_t *record)
{
	static uint8_t text[REFERENCE_RECORD_MAX];
	size_t len = reference12_text(ref, type, plain, 0, text);

	return reference12_encrypt(
	    ref, type, slice_of(text, len), explicit, record);
}

/* ---- keys ---- */

/* RFC 5246 6.3: the CBC modes' are RFC 4346's and older. */
static size_t
iv_size(const struct recipe *recipe)
{
	switch (recipe->cipher->kind) {
	case RECIPE_GCM:
		return SALT;
	case RECIPE_CHACHA:
		return NONCE;
	case RECIPE_CBC:
		return recipe->version > S2N_TLS10 ? 0 : recipe->cipher->block;
	case RECIPE_RC4:
		break;
	}
	return 0;
}

size_t
reference12_block_size(const struct recipe *recipe)
{
	return 2 * (recipe->mac->size + recipe->cipher->key + iv_size(recipe));
}

static void
start(struct reference12 *ref, const struct recipe *recipe, size_t second,
    const uint8_t *block)
{
	*ref = (struct reference12){ .recipe = recipe,
		.version = 0x0300u + recipe->version - S2N_SSLv3 };
	append(ref->mac_key, block + second * recipe->mac->size,
	    recipe->mac->size);
	block += 2 * recipe->mac->size;
	append(ref->key, block + second * recipe->cipher->key,
	    recipe->cipher->key);
	block += 2 * recipe->cipher->key;
	append(ref->iv, block + second * iv_size(recipe), iv_size(recipe));
	if (recipe->cipher->kind == RECIPE_RC4)
		rc4_start(ref);
}

void
reference12_client(struct reference12 *ref, const struct recipe *recipe,
    const uint8_t *key_block)
{
	start(ref, recipe, 0, key_block);
}

void
reference12_server(struct reference12 *ref, const struct recipe *recipe,
    const uint8_t *key_block)
{
	start(ref, recipe, 1, key_block);
}

static const struct recipe_cipher
    aes128_gcm = { RECIPE_GCM, "AES-128-GCM", 16, 0 },
    aes256_gcm = { RECIPE_GCM, "AES-256-GCM", 32, 0 },
    chacha = { RECIPE_CHACHA, "ChaCha20-Poly1305", 32, 0 },
    aes128_cbc = { RECIPE_CBC, "AES-128-ECB", 16, 16 },
    aes256_cbc = { RECIPE_CBC, "AES-256-ECB", 32, 16 },
    des3_cbc = { RECIPE_CBC, "DES-EDE3-ECB", 24, 8 },
    rc4 = { RECIPE_RC4, NULL, 16, 0 };

static const struct recipe_mac no_mac = { NULL, 0, 0 };
const struct recipe_mac recipe_md5 = { "MD5", 16, 64 },
			recipe_sha1 = { "SHA1", 20, 64 },
			recipe_sha256 = { "SHA256", 32, 64 },
			recipe_sha384 = { "SHA384", 48, 128 };

const struct recipe recipes12[] = {
	{ TLS_RSA_WITH_AES_128_GCM_SHA256, S2N_TLS12, &aes128_gcm, &no_mac,
	    "1703030029000000000000000066d013f2c744deca8858c71f7b46852b42d9c6ab"
	    "7d2573c6b747b23738965ddf72150303001a000000000000000121c393982b4bf4"
	    "560e5476e6bd87ca456d44" },
	{ TLS_RSA_WITH_AES_256_GCM_SHA384, S2N_TLS12, &aes256_gcm, &no_mac,
	    "17030300290000000000000000252e9fcaceff6c97cf25d6dfac5d25b2ce3ed5cd"
	    "2b8183a1471949d295f99a5f99150303001a000000000000000102a281c7d3d7eb"
	    "a7afff641ef5bba25d9121" },
	{ TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, S2N_TLS12, &chacha,
	    &no_mac,
	    "1703030021ac3c19a114239c722cef8465d8801fa99a09840909ee77e5cffb2efd"
	    "4b61759d4f1503030012aa33ef2c8f3fd19a78c81250d7011df80f6e" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA256, S2N_TLS12, &aes128_cbc,
	    &recipe_sha256,
	    "1703030050a0a1a2a3a4a5a6a7a8a9aaabacadaeaf4d22cab2d12fd50acfbdc2b0"
	    "59bb0ca91214a3cc99eb2ddfb7d267976c61f7aea8a511db838dc74093c45d640c"
	    "953f5e5ddbd21aec17d945815ac98a916c1b9b1503030040a0a1a2a3a4a5a6a7a8"
	    "a9aaabacadaeaf775d4db52d821ecffbc6ddbbad146385486ce2bcc4f1863418a4"
	    "f906fefcd4872958cfe19b7e456b52217da4fb39d761" },
	{ TLS_RSA_WITH_AES_256_CBC_SHA256, S2N_TLS12, &aes256_cbc,
	    &recipe_sha256,
	    "1703030050a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0f86848751c9412177e833de"
	    "199cb423c0553cfa8329b09aa754c3230d9c59c17959c8532fe0cec61579f84d04"
	    "325c3fdb2bfc37cfbbc8e8b383283fed7689351503030040a0a1a2a3a4a5a6a7a8"
	    "a9aaabacadaeafeed716052b36d29ee7792b50197b7b5c3aabdc918e185c9412e3"
	    "9bbfac1d62843c412690931cdd45dc70de9426b45ab4" },
	{ TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, S2N_TLS12, &aes256_cbc,
	    &recipe_sha384,
	    "1703030060a0a1a2a3a4a5a6a7a8a9aaabacadaeaf6538ab7654f5086c2f12ce23"
	    "c4bb06b42012fc136461ba3374eab30012c1cb675be28e526cf68ebb7b9cb67732"
	    "4a28bf2ecc1759f0066c3ab23b2f48f44dadd224c1a667bfdbaab458fb3dd8e9bc"
	    "051c1503030050a0a1a2a3a4a5a6a7a8a9aaabacadaeafc502cc0c013fa4870dcf"
	    "fdd22f97de1aebdd68ecd809921ee84ecaed207ad7dbf91efbe20440ce021b5e84"
	    "99cb465b800730953cff224c5c21c717669247ce56" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_TLS12, &aes128_cbc, &recipe_sha1,
	    "1703030040a0a1a2a3a4a5a6a7a8a9aaabacadaeaf41e9a55c4b2fbc1f8e6f4243"
	    "79e63602a9cb694b75355b09b1c6800a0ebd1582d7471e1579ae24ca973792e4f0"
	    "6a3cb81503030030a0a1a2a3a4a5a6a7a8a9aaabacadaeaf2c9b13369b0f9cc7c2"
	    "5eaf8cea3ee86fa0cda55134578c4d7ec91214d013cf6d" },
	{ TLS_RSA_WITH_AES_256_CBC_SHA, S2N_TLS12, &aes256_cbc, &recipe_sha1,
	    "1703030040a0a1a2a3a4a5a6a7a8a9aaabacadaeaffbfe38d4434103de32a9b315"
	    "43930b00b6ae5e1a5b490ef5367fa47b97bbadeb5ce46e6c72a26fb55e2a3af7e7"
	    "77cac81503030030a0a1a2a3a4a5a6a7a8a9aaabacadaeaf3033abd2372e03200d"
	    "6b1f0fcccdb6d1ab88224965f07cc367cb65001023db0d" },
	{ TLS_RSA_WITH_3DES_EDE_CBC_SHA, S2N_TLS12, &des3_cbc, &recipe_sha1,
	    "1703030030a0a1a2a3a4a5a6a7443d40c7286efa9a8bbc086de79ff3bed9df25b5"
	    "7bba19e3d0d7433ecdaf756c0a807b13cfee150a1503030020a0a1a2a3a4a5a6a7"
	    "b8402148a5262a7fd1a35c56491c0c8fe50b992d45c48215" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_TLS11, &aes128_cbc, &recipe_sha1,
	    "1703020040a0a1a2a3a4a5a6a7a8a9aaabacadaeaf41e9a55c4b2fbc1f8e6f4243"
	    "79e63602cce1a1df08f8dd4a2f7977ff63efd2918bd9c1b7f18a256af37eb65d41"
	    "b427101503020030a0a1a2a3a4a5a6a7a8a9aaabacadaeafbebdb54ddc3a852aba"
	    "beebd0f10093fd646b17a1723470efbee2f9d977d54347" },
	{ TLS_RSA_WITH_AES_256_CBC_SHA, S2N_TLS11, &aes256_cbc, &recipe_sha1,
	    "1703020040a0a1a2a3a4a5a6a7a8a9aaabacadaeaffbfe38d4434103de32a9b315"
	    "43930b0088fd534b5100db92069c8c0738d34212861bcef23c2110a549dd8c7287"
	    "15ba7d1503020030a0a1a2a3a4a5a6a7a8a9aaabacadaeaf4597788d46d54ab225"
	    "ed74e79769c3730931f7edc2f988f9584746cd931c4363" },
	{ TLS_RSA_WITH_3DES_EDE_CBC_SHA, S2N_TLS11, &des3_cbc, &recipe_sha1,
	    "1703020030a0a1a2a3a4a5a6a7443d40c7286efa9a8bbc086de79ff3be8f41e775"
	    "fc873780cbdc27744b67fa70b90dc10567f1d15a1503020020a0a1a2a3a4a5a6a7"
	    "4e8fcebeac5d556d6d25abb1c07e166352ff3bb6ef283bd0" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_TLS10, &aes128_cbc, &recipe_sha1,
	    "1703010030f9738fad1bb8fd09bc6efa3458e968d549681fd8e1fabf42fdadeb1c"
	    "93969845160c9ed8ad3678267b3206e9c188c45715030100206029d58dd94b0edc"
	    "3c9b317ba452c257b99ba239b44565e556009731312f9247" },
	{ TLS_RSA_WITH_AES_256_CBC_SHA, S2N_TLS10, &aes256_cbc, &recipe_sha1,
	    "1703010030cd2c12b729f682245708c86bffd3a1514622d5d42935dc20495f680a"
	    "1009d0b6f0a1f3098016ba8633e890b6c65d6544150301002075adba5d5595af66"
	    "951d1e31abbe049863e0b9e349a167000e97d3e0f2b2b4bc" },
	{ TLS_RSA_WITH_3DES_EDE_CBC_SHA, S2N_TLS10, &des3_cbc, &recipe_sha1,
	    "1703010028fe3709803da47b85077b9986a1526f4df2c73158588fcb490b5e2184"
	    "8c36e44c00d22bdb0507dd2e15030100180b99a855798bb7c220a6489b2c8e2217"
	    "550d31a2300256fa" },
	{ TLS_RSA_WITH_AES_128_CBC_SHA, S2N_SSLv3, &aes128_cbc, &recipe_sha1,
	    "1703000030f9738fad1bb8fd09bc6efa3458e968d5578373dec2f7c7afca9e4c67"
	    "94eafc8d52bd48a01dac58e5abae31bf3c9dc3ce1503000020761226a5943ce409"
	    "f6b04063696b17c7c7e559a07898384fb252a00ac6cedc12" },
	{ TLS_RSA_WITH_AES_256_CBC_SHA, S2N_SSLv3, &aes256_cbc, &recipe_sha1,
	    "1703000030cd2c12b729f682245708c86bffd3a151ad4484f64bccf45d3271baca"
	    "e421f920f6666ad147a3ef6becc993d968f847f215030000207ef123f468b93d5d"
	    "a48bea04dcdd55c482f3745570bf7f5e073aca85a488f8a4" },
	{ TLS_RSA_WITH_3DES_EDE_CBC_SHA, S2N_SSLv3, &des3_cbc, &recipe_sha1,
	    "1703000028fe3709803da47b85077b9986a1526f4d52b8e44615ae9d035d404e73"
	    "3e79ef364caf3df29d0210c4150300001865165cdef67d97a74c7afd9d407eea2e"
	    "3dd20ba7b19e74b3" },
	{ TLS_RSA_WITH_RC4_128_MD5, S2N_TLS12, &rc4, &recipe_md5,
	    "1703030021f8f6161a4a6c563113711b6d3fd244a104615106f914ec9c6197522d"
	    "63d7fae0301503030012cd113c01dac0de6cac8582b3ec43f4f78130" },
	{ TLS_RSA_WITH_RC4_128_SHA, S2N_TLS12, &rc4, &recipe_sha1,
	    "17030300255196f542f1fafd9f511e4ba7b02b29677785401b96937a1dedafbd03"
	    "8ee244944240c0649f1503030016f67393fa5d498105b55798bc9d56bc7815052b"
	    "0ecfb4" },
	{ TLS_RSA_WITH_RC4_128_MD5, S2N_TLS11, &rc4, &recipe_md5,
	    "1703020021f8f6161a4a6c563113711b6d3fd244a104ae7f44a63b5ae1d9f92071"
	    "5052a7ca021503020012cd11ce0968981d97be2c7f0cd99aefd56f0f" },
	{ TLS_RSA_WITH_RC4_128_SHA, S2N_TLS11, &rc4, &recipe_sha1,
	    "17030200255196f542f1fafd9f511e4ba7b02b2967776ecea87a08968f5bf81f5a"
	    "0de972b94e0d678f321503020016f673c298c651a8a6fa39cb774d3ee721f92bcf"
	    "ca5c0c" },
	{ TLS_RSA_WITH_RC4_128_MD5, S2N_TLS10, &rc4, &recipe_md5,
	    "1703010021f8f6161a4a6c563113711b6d3fd244a104c974cf6abe82d5e14640d5"
	    "9fe43b6a3e1503010012cd11ec6eb0ff3990c717deec4dd0d0d7ab4b" },
	{ TLS_RSA_WITH_RC4_128_SHA, S2N_TLS10, &rc4, &recipe_sha1,
	    "17030100255196f542f1fafd9f511e4ba7b02b296777385d5956f75afef1e06279"
	    "ce23f14916a42eb9cd1503010016f673edef614dff67abe01d898ca24421ea838d"
	    "0403d2" },
	{ TLS_RSA_WITH_RC4_128_MD5, S2N_SSLv3, &rc4, &recipe_md5,
	    "1703000021f8f6161a4a6c563113711b6d3fd244a104090b5eea5419776df02fc9"
	    "5224c1f97c1503000012cd11fc684923730800eed1547a2e6bd881b9" },
	{ TLS_RSA_WITH_RC4_128_SHA, S2N_SSLv3, &rc4, &recipe_sha1,
	    "17030000255196f542f1fafd9f511e4ba7b02b29677743c07fa6b1182c4b2a12ff"
	    "efed4986afc03d12ab1503000016f6738bb9501dd18254d7ce7c11f03c9667f503"
	    "f1cc9a" },
};

_Static_assert(COUNT(recipes12) == RECIPES12, "the header tells the number");
