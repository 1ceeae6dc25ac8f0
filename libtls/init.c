/*
 * Start and end of the library (Guide: Initialization and Teardown).
 */
#include <openssl/crypto.h>

#include "libtls/crypto/library.h"
#include "libtls/s2n.h"

int
s2n_init(void)
{
	if (library_ready())
		return errors_report(fail(ERR_INITIALIZED));
	return errors_report(library_init());
}

int
s2n_cleanup(void)
{
	return S2N_SUCCESS;
}

int
s2n_cleanup_final(void)
{
	if (!library_ready())
		return errors_report(fail(ERR_NOT_INITIALIZED));
	library_cleanup();
	return S2N_SUCCESS;
}

unsigned long
s2n_get_openssl_version(void)
{
	return OPENSSL_VERSION_NUMBER;
}
