/*
 * Loading of trust anchors.
 */
#include "libtls/cert/trust.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <openssl/err.h>

#include "libtls/cert/chain.h"
#include "libtls/cert/pem.h"
#include "libtls/core/memory.h"

struct trust_store {
	X509_STORE *x509;
	bool system; /* loaded */
	bool chosen; /* some anchors are the application's or its user's */
};

struct trust_store *
trust_store_new(void)
{
	struct trust_store *store = memory_new(sizeof *store);

	if (store != NULL && (store->x509 = X509_STORE_new()) == NULL) {
		memory_free(store);
		return NULL;
	}
	return store;
}

void
trust_store_free(struct trust_store *store)
{
	if (store != NULL)
		X509_STORE_free(store->x509);
	memory_free(store);
}

/* Out of memory leaves no X509_STORE at all, which trusts nobody. */
void
trust_store_wipe(struct trust_store *store)
{
	X509_STORE_free(store->x509);
	store->x509 = X509_STORE_new();
	store->system = false;
	store->chosen = false;
}

bool
trust_store_public(const struct trust_store *store)
{
	return store->system && !store->chosen;
}

bool
trust_store_has_system(const struct trust_store *store)
{
	return store->system;
}

X509_STORE *
trust_store_x509(const struct trust_store *store)
{
	return store->x509;
}

/* All of a text's certificates, none of them in the store yet. */
static int
decode_all(struct slice text, STACK_OF(X509) * out)
{
	struct writer der;
	struct s2n_cert cert;
	X509 *x509;
	int r;

	writer_init(&der, text.len + 3);
	while ((r = pem_certificate(&text, &der)) == 0) {
		cert = (struct s2n_cert){ der.data, (uint32_t)der.len };
		if ((x509 = chain_decode(&cert)) == NULL) {
			r = fail(ERR_DECODE_CERTIFICATE);
			break;
		}
		if (sk_X509_push(out, x509) <= 0) {
			X509_free(x509);
			r = fail(ERR_NOMEM);
			break;
		}
		writer_clear(&der);
	}
	writer_free(&der);
	return r == ERR_PEM_OUT_OF_DATA && sk_X509_num(out) > 0 ? 0 : r;
}

int
trust_store_add_pem(struct trust_store *store, const char *pem)
{
	STACK_OF(X509) *anchors = sk_X509_new_null();
	int r;

	if (anchors == NULL || store->x509 == NULL)
		r = fail(ERR_NOMEM);
	else
		r = decode_all(slice_of_string(pem), anchors);
	store->chosen = true;
	for (int i = 0; r == 0 && i < sk_X509_num(anchors); i++)
		if (X509_STORE_add_cert(
			store->x509, sk_X509_value(anchors, i)) != 1)
			r = fail(ERR_NOMEM);
	sk_X509_pop_free(anchors, X509_free);
	return r;
}

/* libcrypto takes any name for a directory and looks into it later. */
static bool
is_directory(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

int
trust_store_add_location(
    struct trust_store *store, const char *file, const char *directory)
{
	int r = 0;

	if (file == NULL && directory == NULL)
		return fail(ERR_NULL_ARGUMENT);
	store->chosen = true;
	ERR_set_mark();
	if (store->x509 == NULL ||
	    (file != NULL && X509_STORE_load_file(store->x509, file) != 1) ||
	    (directory != NULL &&
		(!is_directory(directory) ||
		    X509_STORE_load_path(store->x509, directory) != 1))) {
		trust_store_wipe(store);
		r = fail(ERR_TRUST_STORE);
	}
	ERR_pop_to_mark();
	return r;
}

int
trust_store_add_system(struct trust_store *store)
{
	int r = 0;

	if (store->system)
		return fail(ERR_TRUST_STORE);
	ERR_set_mark();
	if (store->x509 == NULL ||
	    X509_STORE_set_default_paths(store->x509) != 1)
		r = fail(ERR_TRUST_STORE);
	else
		store->system = true;
	/* Where libcrypto looks instead. */
	if (getenv(X509_get_default_cert_file_env()) != NULL ||
	    getenv(X509_get_default_cert_dir_env()) != NULL)
		store->chosen = true;
	ERR_pop_to_mark();
	return r;
}
