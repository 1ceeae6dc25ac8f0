/*
 * A provider for libcrypto that has one random generator (provider-rand(7));
 * the contract is in chance.h.
 */
#include "tests/fuzz/chance.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "tests/fuzz/target.h"

#define NAME "CHANCE"
#define PROPERTIES "provider=chance"
#define STRENGTH 256
#define REQUEST_MAX 65536
#define LENGTHS 1024

/*
 * Bytes drawn, by the length that was asked for: libcrypto draws blinding for
 * RSA now and then, which is to change nothing for the others.
 */
static uint64_t drawn[2][LENGTHS];
static unsigned drawer;

/* Of splitmix64: enough for bytes that all differ. */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static int
chance_generate(void *ctx, unsigned char *out, size_t len,
    unsigned int strength, int resistance, const unsigned char *more,
    size_t more_len)
{
	uint64_t *at = &drawn[drawer][len % LENGTHS];
	uint64_t stream = (uint64_t)len << 40 | (uint64_t)drawer << 32;

	(void)ctx;
	(void)strength;
	(void)resistance;
	(void)more;
	(void)more_len;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)mix(stream + (*at)++);
	return 1;
}

static void *
chance_new(void *provider, void *parent, const OSSL_DISPATCH *parent_calls)
{
	static int one;

	(void)provider;
	(void)parent;
	(void)parent_calls;
	return &one;
}

static void
chance_free(void *ctx)
{
	(void)ctx;
}

static int
chance_instantiate(void *ctx, unsigned int strength, int resistance,
    const unsigned char *personal, size_t len, const OSSL_PARAM params[])
{
	(void)ctx;
	(void)strength;
	(void)resistance;
	(void)personal;
	(void)len;
	(void)params;
	return 1;
}

static int
chance_uninstantiate(void *ctx)
{
	(void)ctx;
	return 1;
}

static int
chance_get_params(void *ctx, OSSL_PARAM params[])
{
	OSSL_PARAM *p;

	(void)ctx;
	if ((p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE)) != NULL &&
	    OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY) != 1)
		return 0;
	if ((p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH)) != NULL &&
	    OSSL_PARAM_set_uint(p, STRENGTH) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
	return p == NULL || OSSL_PARAM_set_size_t(p, REQUEST_MAX) == 1;
}

static int
chance_enable_locking(void *ctx)
{
	(void)ctx;
	return 1;
}

#define ROW(id, function)                                                      \
	{                                                                      \
		OSSL_FUNC_RAND_##id, (void (*)(void))(function)                \
	}
static const OSSL_DISPATCH generator[] = { ROW(NEWCTX, chance_new),
	ROW(FREECTX, chance_free), ROW(INSTANTIATE, chance_instantiate),
	ROW(UNINSTANTIATE, chance_uninstantiate),
	ROW(GENERATE, chance_generate), ROW(GET_CTX_PARAMS, chance_get_params),
	ROW(ENABLE_LOCKING, chance_enable_locking), { 0, NULL } };
#undef ROW
static const OSSL_ALGORITHM generators[] = { { NAME, PROPERTIES, generator,
						 "the same each time" },
	{ NULL, NULL, NULL, NULL } };

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_cache)
{
	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_RAND ? generators : NULL;
}

static int
provide(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *from_core,
    const OSSL_DISPATCH **ours, void **ctx)
{
	static const OSSL_DISPATCH calls[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ 0, NULL }
	};
	static int nothing;

	(void)core;
	(void)from_core;
	*ours = calls;
	*ctx = &nothing;
	return 1;
}

void
chance_install(void)
{
	/* Kept until the end where a leak detector sees them. */
	static OSSL_PROVIDER *volatile ours, *volatile usual;
	uint8_t first[16], again[16];

	/* What is loaded by hand keeps the default from being loaded. */
	must_hold(
	    OSSL_PROVIDER_add_builtin(NULL, "chance", provide) == 1 &&
		(ours = OSSL_PROVIDER_load(NULL, "chance")) != NULL &&
		(usual = OSSL_PROVIDER_load(NULL, "default")) != NULL &&
		RAND_set_DRBG_type(NULL, NAME, PROPERTIES, NULL, NULL) == 1,
	    "libcrypto takes another random generator");
	chance_restart();
	must_hold(RAND_bytes(first, sizeof first) == 1, "random bytes come");
	chance_restart();
	must_hold(RAND_priv_bytes(again, sizeof again) == 1 &&
		      memcmp(first, again, sizeof first) == 0,
	    "the same ones come again");
}

void
chance_restart(void)
{
	memset(drawn, 0, sizeof drawn);
	drawer = 0;
}

void
chance_for(unsigned who)
{
	drawer = who % COUNT(drawn);
}
