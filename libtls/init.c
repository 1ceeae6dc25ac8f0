/*
 * Start and end of the library, and what may be set before its start (Guide:
 * Initialization and Teardown).
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "libtls/core/memory.h"
#include "libtls/core/stacktrace.h"
#include "libtls/crypto/library.h"
#include "libtls/s2n.h"
#include "unstable/cleanup.h"

static int
init(void)
{
	int r;

	if (library_ready())
		return fail(ERR_INITIALIZED);
	stacktrace_init();
	if ((r = memory_init()) != 0)
		return r;
	return library_init();
}

int
s2n_init(void)
{
	return errors_report(init());
}

int
s2n_cleanup(void)
{
	return S2N_SUCCESS;
}

int
s2n_cleanup_thread(void)
{
	return S2N_SUCCESS;
}

int
s2n_cleanup_final(void)
{
	if (!library_ready())
		return errors_report(fail(ERR_NOT_INITIALIZED));
	library_cleanup();
	return errors_report(memory_cleanup());
}

unsigned long
s2n_get_openssl_version(void)
{
	return OPENSSL_VERSION_NUMBER;
}

/* 0 as long as s2n_init was not called. */
static int
before_init(void)
{
	return library_ready() ? fail(ERR_INITIALIZED) : 0;
}

int
s2n_crypto_disable_init(void)
{
	/* libcrypto 1.1 and newer needs no such call of ours. */
	return errors_report(before_init());
}

int
s2n_disable_atexit(void)
{
	/* We have no handler. */
	return errors_report(before_init());
}

int
s2n_get_fips_mode(s2n_fips_mode *fips_mode)
{
	if (fips_mode == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*fips_mode = S2N_FIPS_MODE_DISABLED;
	if (!library_ready())
		return errors_report(fail(ERR_NOT_INITIALIZED));
	if (EVP_default_properties_is_fips_enabled(NULL))
		*fips_mode = S2N_FIPS_MODE_ENABLED;
	return S2N_SUCCESS;
}

int
s2n_rand_set_callbacks(s2n_rand_init_callback rand_init_callback,
    s2n_rand_cleanup_callback rand_cleanup_callback,
    s2n_rand_seed_callback rand_seed_callback,
    s2n_rand_mix_callback rand_mix_callback)
{
	(void)rand_init_callback;
	(void)rand_cleanup_callback;
	(void)rand_seed_callback;
	(void)rand_mix_callback;
	return S2N_SUCCESS;
}

static int
set_memory(const struct memory_callbacks *callbacks)
{
	int r;

	if ((r = before_init()) != 0)
		return r;
	if (callbacks->init == NULL || callbacks->cleanup == NULL ||
	    callbacks->take == NULL || callbacks->give == NULL)
		return fail(ERR_NULL_ARGUMENT);
	memory_use(callbacks);
	return 0;
}

int
s2n_mem_set_callbacks(s2n_mem_init_callback mem_init_callback,
    s2n_mem_cleanup_callback mem_cleanup_callback,
    s2n_mem_malloc_callback mem_malloc_callback,
    s2n_mem_free_callback mem_free_callback)
{
	return errors_report(set_memory(
	    &(struct memory_callbacks){ mem_init_callback, mem_cleanup_callback,
		mem_malloc_callback, mem_free_callback }));
}
