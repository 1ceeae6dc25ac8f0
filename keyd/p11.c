/*
 * PKCS#11; the contract is in p11.h.
 */
#include "keyd/p11.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <p11-kit/pkcs11.h>

#include "base/log.h"

#define SLOTS_MAX 64
#define ATTRIBUTE_MAX 1100 /* a modulus of 8192 bits and more */
#define HASH_MAX 64

struct key {
	struct keyproto_keytoken what;
	EVP_PKEY *public;
	uint8_t *pin;
	size_t pin_len;
	bool pin_wrong;
	bool open;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE object;
};

static CK_FUNCTION_LIST *library;
static struct key *keys;
static size_t key_count, key_room;

static void
say(const char *what, CK_RV error)
{
	log_event(LOG_LEVEL_WARN, "token", "call=%s error=%#lx", what,
	    (unsigned long)error);
}

/* ---- the library ---- */

static CK_RV
initialise(void)
{
	CK_C_INITIALIZE_ARGS one_thread = { .flags = CKF_OS_LOCKING_OK };
	CK_RV r = library->C_Initialize(&one_thread);

	return r == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : r;
}

bool
p11_load(const struct keyproto_module *module)
{
	CK_C_GetFunctionList get = NULL;
	char setting[KEYPROTO_MODULE_TEXT], *value;
	void *handle, *symbol = NULL;
	CK_RV r;

	memcpy(setting, module->environment, sizeof setting);
	if ((value = strchr(setting, '=')) != NULL) {
		*value++ = '\0';
		if (setenv(setting, value, 1) != 0)
			return false;
	}
	handle = dlopen(module->path, RTLD_NOW | RTLD_LOCAL);
	if (handle != NULL)
		symbol = dlsym(handle, "C_GetFunctionList");
	memcpy(&get, &symbol, sizeof get); /* ISO C has no such cast */
	if (get == NULL || get(&library) != CKR_OK || library == NULL) {
		log_event(LOG_LEVEL_ERROR, "module",
		    "path=\"%s\" reason=\"%s\"", module->path,
		    "no library of PKCS#11");
		return false;
	}
	if ((r = initialise()) == CKR_OK)
		return true;
	log_event(LOG_LEVEL_ERROR, "module", "path=\"%s\" error=%#lx",
	    module->path, (unsigned long)r);
	return false;
}

/* ---- opening ---- */

/* Labels are filled up with blanks. */
static bool
label_is(const CK_UTF8CHAR *label, size_t len, const char *wanted)
{
	size_t used = strlen(wanted);

	if (used > len || memcmp(label, wanted, used) != 0)
		return false;
	while (used < len && label[used] == ' ')
		used++;
	return used == len;
}

static bool
find_slot(const char *token, CK_SLOT_ID *slot)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_TOKEN_INFO info;

	if (library->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < count; i++) {
		if (library->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !label_is(info.label, sizeof info.label, token))
			continue;
		*slot = slots[i];
		return true;
	}
	return false;
}

static bool
is_about_pin(CK_RV r)
{
	return r == CKR_PIN_INCORRECT || r == CKR_PIN_INVALID ||
	       r == CKR_PIN_LEN_RANGE || r == CKR_PIN_EXPIRED ||
	       r == CKR_PIN_LOCKED;
}

/* A wrong PIN of one key's is one of all in the token that have the same. */
static bool
pin_was_wrong(const struct key *key)
{
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].pin_wrong &&
		    strcmp(keys[i].what.token, key->what.token) == 0 &&
		    keys[i].pin_len == key->pin_len &&
		    memcmp(keys[i].pin, key->pin, key->pin_len) == 0)
			return true;
	return false;
}

static enum keyproto_verdict
log_in(struct key *key)
{
	CK_RV r;

	if (key->pin_len == 0)
		return KEYPROTO_SERVED;
	if (pin_was_wrong(key))
		return KEYPROTO_PASSPHRASE;
	r = library->C_Login(key->session, CKU_USER, key->pin, key->pin_len);
	if (r == CKR_OK || r == CKR_USER_ALREADY_LOGGED_IN)
		return KEYPROTO_SERVED;
	say("C_Login", r);
	key->pin_wrong = is_about_pin(r);
	return key->pin_wrong ? KEYPROTO_PASSPHRASE : KEYPROTO_CIPHER;
}

/* Exactly one object of this class. */
static enum keyproto_verdict
find_object(
    const struct key *key, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object)
{
	const struct keyproto_keytoken *what = &key->what;
	CK_ATTRIBUTE wanted[3] = { { CKA_CLASS, &class, sizeof class } };
	CK_OBJECT_HANDLE found[2];
	char label[sizeof what->object];
	uint8_t id[sizeof what->id];
	CK_ULONG count = 1, have = 0;
	CK_RV r;

	memcpy(label, what->object, sizeof label);
	memcpy(id, what->id, sizeof id);
	if (label[0] != '\0')
		wanted[count++] =
		    (CK_ATTRIBUTE){ CKA_LABEL, label, strlen(label) };
	if (what->id_len > 0)
		wanted[count++] = (CK_ATTRIBUTE){ CKA_ID, id, what->id_len };
	r = library->C_FindObjectsInit(key->session, wanted, count);
	if (r == CKR_OK) {
		r = library->C_FindObjects(key->session, found, 2, &have);
		(void)library->C_FindObjectsFinal(key->session);
	}
	if (r != CKR_OK) {
		say("C_FindObjects", r);
		return KEYPROTO_CIPHER;
	}
	*object = found[0];
	return have == 1  ? KEYPROTO_SERVED
	       : have > 1 ? KEYPROTO_MANY
			  : KEYPROTO_NO_KEY;
}

static void
close_key(struct key *key)
{
	if (key->open)
		(void)library->C_CloseSession(key->session);
	key->open = false;
}

/* Sessions of all keys end with that; each is opened again when it is used. */
static void
begin_anew(void)
{
	CK_RV r;

	for (size_t i = 0; i < key_count; i++)
		close_key(&keys[i]);
	(void)library->C_Finalize(NULL);
	if ((r = initialise()) != CKR_OK)
		say("C_Initialize", r);
}

static enum keyproto_verdict
open_key(struct key *key)
{
	enum keyproto_verdict verdict;
	CK_SLOT_ID slot;
	CK_RV r;

	close_key(key);
	if (!find_slot(key->what.token, &slot))
		return KEYPROTO_NO_KEY;
	r = library->C_OpenSession(
	    slot, CKF_SERIAL_SESSION, NULL, NULL, &key->session);
	if (r != CKR_OK) {
		say("C_OpenSession", r);
		return KEYPROTO_CIPHER;
	}
	key->open = true;
	if ((verdict = log_in(key)) == KEYPROTO_SERVED)
		verdict = find_object(key, CKO_PRIVATE_KEY, &key->object);
	if (verdict != KEYPROTO_SERVED)
		close_key(key);
	return verdict;
}

/* ---- the public half ---- */

static bool
attribute(const struct key *key, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, uint8_t *bytes, size_t room, size_t *len)
{
	CK_ATTRIBUTE wanted = { type, bytes, room };

	if (library->C_GetAttributeValue(key->session, object, &wanted, 1) !=
		CKR_OK ||
	    wanted.ulValueLen > room)
		return false;
	*len = wanted.ulValueLen;
	return true;
}

static EVP_PKEY *
rsa_of(const struct key *key, CK_OBJECT_HANDLE object)
{
	uint8_t n[ATTRIBUTE_MAX], e[ATTRIBUTE_MAX];
	size_t n_len, e_len;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	BIGNUM *modulus = NULL, *exponent = NULL;
	EVP_PKEY *made = NULL;

	if (build != NULL && ctx != NULL &&
	    attribute(key, object, CKA_MODULUS, n, sizeof n, &n_len) &&
	    attribute(key, object, CKA_PUBLIC_EXPONENT, e, sizeof e, &e_len) &&
	    (modulus = BN_bin2bn(n, (int)n_len, NULL)) != NULL &&
	    (exponent = BN_bin2bn(e, (int)e_len, NULL)) != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) ==
		1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) ==
		1 &&
	    (params = OSSL_PARAM_BLD_to_param(build)) != NULL &&
	    EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(
		    ctx, &made, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(modulus);
	BN_free(exponent);
	EVP_PKEY_CTX_free(ctx);
	return made;
}

/* The curve is an object identifier, the point an OCTET STRING with it in it
 * (some leave that away). */
static EVP_PKEY *
ec_of(const struct key *key, CK_OBJECT_HANDLE object)
{
	uint8_t curve[64], point[256];
	const unsigned char *at = curve, *in = point;
	size_t curve_len, point_len;
	ASN1_OBJECT *oid = NULL;
	ASN1_OCTET_STRING *octets = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *made = NULL;
	OSSL_PARAM params[3] = { OSSL_PARAM_construct_end() };
	char name[32] = "";

	if (attribute(
		key, object, CKA_EC_PARAMS, curve, sizeof curve, &curve_len) &&
	    attribute(
		key, object, CKA_EC_POINT, point, sizeof point, &point_len) &&
	    (oid = d2i_ASN1_OBJECT(NULL, &at, (long)curve_len)) != NULL) {
		octets = d2i_ASN1_OCTET_STRING(NULL, &in, (long)point_len);
		if (octets != NULL) {
			point_len = (size_t)ASN1_STRING_length(octets);
			memcpy(point, ASN1_STRING_get0_data(octets), point_len);
		}
		strncpy(name, OBJ_nid2sn(OBJ_obj2nid(oid)), sizeof name - 1);
		params[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
		params[1] = OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, point, point_len);
		params[2] = OSSL_PARAM_construct_end();
		if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
			(void)EVP_PKEY_fromdata(
			    ctx, &made, EVP_PKEY_PUBLIC_KEY, params);
	}
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(oid);
	EVP_PKEY_CTX_free(ctx);
	return made;
}

/* A private RSA key tells its public half itself. */
static enum keyproto_verdict
read_public(struct key *key)
{
	CK_KEY_TYPE type = CKK_VENDOR_DEFINED;
	CK_OBJECT_HANDLE object = key->object;
	size_t len;

	if (!attribute(key, key->object, CKA_KEY_TYPE, (uint8_t *)&type,
		sizeof type, &len))
		return KEYPROTO_CIPHER;
	if (type == CKK_RSA) {
		key->public = rsa_of(key, object);
	} else if (type == CKK_EC) {
		if (find_object(key, CKO_PUBLIC_KEY, &object) !=
		    KEYPROTO_SERVED)
			return KEYPROTO_NO_KEY;
		key->public = ec_of(key, object);
	}
	ERR_clear_error();
	return key->public != NULL ? KEYPROTO_SERVED : KEYPROTO_KIND;
}

/* Room for one more; NULL: out of memory. */
static struct key *
next_key(void)
{
	size_t room = key_count < key_room ? key_room : 2 * key_count + 16;
	struct key *more;

	if ((more = reallocarray(keys, room, sizeof *keys)) == NULL)
		return NULL;
	keys = more;
	key_room = room;
	return &keys[key_count];
}

enum keyproto_verdict
p11_find(const struct keyproto_keytoken *what, struct slice pin, EVP_PKEY **out)
{
	struct key *key = next_key();
	enum keyproto_verdict verdict;

	if (key == NULL)
		return KEYPROTO_NO_KEY;
	*key = (struct key){ .what = *what, .pin_len = pin.len };
	if (pin.len > 0 &&
	    (key->pin = OPENSSL_memdup(pin.data, pin.len)) == NULL)
		return KEYPROTO_CIPHER;
	if ((verdict = open_key(key)) == KEYPROTO_SERVED)
		verdict = read_public(key);
	/* One whose PIN was wrong is remembered for that. */
	if (verdict != KEYPROTO_SERVED && !key->pin_wrong) {
		close_key(key);
		OPENSSL_clear_free(key->pin, key->pin_len);
		return verdict;
	}
	key_count++;
	if (verdict == KEYPROTO_SERVED && EVP_PKEY_up_ref(key->public) == 1)
		*out = key->public;
	return verdict;
}

/* ---- signatures ---- */

/* RFC 8017 9.2: what is before the hash. */
static const struct hash {
	const char *name;
	size_t len;
	CK_MECHANISM_TYPE mechanism;
	CK_RSA_PKCS_MGF_TYPE mgf;
	size_t prefix_len;
	uint8_t prefix[19];
} hashes[] = {
	{ "SHA1", 20, CKM_SHA_1, CKG_MGF1_SHA1, 15,
	    { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a,
		0x05, 0x00, 0x04, 0x14 } },
	{ "SHA224", 28, CKM_SHA224, CKG_MGF1_SHA224, 19,
	    { 0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x04, 0x05, 0x00, 0x04, 0x1c } },
	{ "SHA256", 32, CKM_SHA256, CKG_MGF1_SHA256, 19,
	    { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 } },
	{ "SHA384", 48, CKM_SHA384, CKG_MGF1_SHA384, 19,
	    { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 } },
	{ "SHA512", 64, CKM_SHA512, CKG_MGF1_SHA512, 19,
	    { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 } },
	/* RFC 2246 7.4.3: both hashes, and nothing before them. */
	{ "MD5-SHA1", 36, 0, 0, 0, { 0 } },
};

static const struct hash *
find_hash(const char *name)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (strcmp(hashes[i].name, name) == 0)
			return &hashes[i];
	return NULL;
}

/* r and s, each of half the bytes, become a SEQUENCE (RFC 3279 2.2.3). */
static bool
to_der(uint8_t *signature, size_t raw, size_t *len)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, (int)raw / 2, NULL);
	BIGNUM *s = BN_bin2bn(signature + raw / 2, (int)raw / 2, NULL);
	unsigned char *at = signature;
	int size = -1;

	if (pair != NULL && r != NULL && s != NULL && raw > 0 &&
	    ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL;
		size = i2d_ECDSA_SIG(pair, NULL);
		if (size > 0 && (size_t)size <= *len)
			size = i2d_ECDSA_SIG(pair, &at);
		else
			size = -1;
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	*len = size > 0 ? (size_t)size : 0;
	return size > 0;
}

static CK_RV
sign_once(const struct key *key, CK_MECHANISM *mechanism, struct slice input,
    uint8_t *signature, size_t *len)
{
	uint8_t copy[sizeof hashes[0].prefix + HASH_MAX];
	CK_ULONG room = *len;
	CK_RV r = library->C_SignInit(key->session, mechanism, key->object);

	memcpy(copy, input.data, input.len);
	if (r == CKR_OK)
		r = library->C_Sign(
		    key->session, copy, input.len, signature, &room);
	*len = room;
	return r;
}

/* Whatever it was, a session that begins anew may do: but for what the token
 * would answer again. */
static bool
is_final(CK_RV r)
{
	return r == CKR_MECHANISM_INVALID || r == CKR_MECHANISM_PARAM_INVALID ||
	       r == CKR_KEY_FUNCTION_NOT_PERMITTED ||
	       r == CKR_KEY_TYPE_INCONSISTENT || r == CKR_KEY_SIZE_RANGE ||
	       r == CKR_DATA_LEN_RANGE || r == CKR_HOST_MEMORY;
}

static bool
sign(struct key *key, CK_MECHANISM *mechanism, struct slice input,
    uint8_t *signature, size_t *len)
{
	size_t room = *len;
	CK_RV r = CKR_SESSION_HANDLE_INVALID;

	if (key->open)
		r = sign_once(key, mechanism, input, signature, len);
	if (r == CKR_OK || is_final(r)) {
		if (r != CKR_OK)
			say("C_Sign", r);
		return r == CKR_OK;
	}
	say("C_Sign", r);
	if (pin_was_wrong(key))
		return false;
	if (open_key(key) != KEYPROTO_SERVED) {
		if (pin_was_wrong(key))
			return false;
		begin_anew();
		if (open_key(key) != KEYPROTO_SERVED)
			return false;
	}
	*len = room;
	r = sign_once(key, mechanism, input, signature, len);
	if (r != CKR_OK)
		say("C_Sign", r);
	return r == CKR_OK;
}

static struct key *
key_of(const EVP_PKEY *public)
{
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].public == public)
			return &keys[i];
	return NULL;
}

bool
p11_sign(EVP_PKEY *public, const char *digest, bool pss, struct slice content,
    uint8_t *signature, size_t *len)
{
	struct key *key = key_of(public);
	const struct hash *hash = find_hash(digest);
	uint8_t input[sizeof hash->prefix + HASH_MAX];
	size_t before = 0, raw = *len;
	bool ec = EVP_PKEY_is_a(public, "EC");
	CK_RSA_PKCS_PSS_PARAMS padding;
	CK_MECHANISM mechanism = { ec ? CKM_ECDSA : CKM_RSA_PKCS, NULL, 0 };

	if (key == NULL || hash == NULL)
		return false;
	if (pss) {
		padding = (CK_RSA_PKCS_PSS_PARAMS){ hash->mechanism, hash->mgf,
			hash->len };
		mechanism = (CK_MECHANISM){ CKM_RSA_PKCS_PSS, &padding,
			sizeof padding };
	} else if (!ec) {
		before = hash->prefix_len;
		memcpy(input, hash->prefix, before);
	}
	if (EVP_Q_digest(NULL, digest, NULL, content.data, content.len,
		input + before, NULL) != 1 ||
	    !sign(key, &mechanism, slice_of(input, before + hash->len),
		signature, &raw))
		return false;
	if (ec)
		return to_der(signature, raw, len);
	*len = raw;
	return true;
}
