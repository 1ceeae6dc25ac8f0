/*
 * manychains DIRECTORY COUNT [keys]: as many chains of one authority for one
 * key, or each for a key of its own, for tests with sites by the thousand,
 * which openssl(1) would take minutes for. Writes ca.pem, N.pem for
 * site-N.test, N from 0, and key.pem, or N-key.pem.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define LIFE_S (30L * 86400)

static void
must(int done, const char *what)
{
	if (done > 0)
		return;
	fprintf(stderr, "manychains: %s\n", what);
	exit(EXIT_FAILURE);
}

static FILE *
create(const char *directory, const char *name)
{
	char path[4096];
	FILE *file;

	must(snprintf(path, sizeof path, "%s/%s", directory, name) <
		 (int)sizeof path,
	    "path");
	file = fopen(path, "w");
	must(file != NULL, path);
	return file;
}

static void
extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(
	    extension != NULL && X509_add_ext(cert, extension, -1) == 1, value);
	X509_EXTENSION_free(extension);
}

static EVP_PKEY *
make_key(const char *directory, const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *file;

	umask(077);
	file = create(directory, name);
	must(key != NULL &&
		 PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL),
	    name);
	must(fclose(file) == 0, name);
	umask(022);
	return key;
}

/* issuer NULL: it is the authority itself. */
static X509 *
make(const char *name, long number, EVP_PKEY *key, const X509 *issuer,
    EVP_PKEY *signer)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_NAME_new();
	char san[128];

	must(cert != NULL && subject != NULL, "memory");
	must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
		 (const unsigned char *)name, -1, -1, 0),
	    "name");
	must(X509_set_version(cert, X509_VERSION_3) &&
		 ASN1_INTEGER_set(X509_get_serialNumber(cert), number + 1) &&
		 X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
		 X509_gmtime_adj(X509_getm_notAfter(cert), LIFE_S) != NULL &&
		 X509_set_pubkey(cert, key) &&
		 X509_set_subject_name(cert, subject) &&
		 X509_set_issuer_name(cert,
		     issuer != NULL ? X509_get_subject_name(issuer) : subject),
	    "certificate");
	if (issuer == NULL) {
		extend(cert, NID_basic_constraints, "critical,CA:TRUE");
	} else {
		snprintf(san, sizeof san, "DNS:%s", name);
		extend(cert, NID_subject_alt_name, san);
	}
	must(X509_sign(cert, signer, EVP_sha256()), "signature");
	X509_NAME_free(subject);
	return cert;
}

int
main(int argc, char **argv)
{
	EVP_PKEY *authority = EVP_EC_gen("P-256"), *key = NULL;
	long count = argc >= 3 ? strtol(argv[2], NULL, 10) : 0;
	bool keys = argc == 4 && strcmp(argv[3], "keys") == 0;
	char name[64];
	X509 *ca, *cert;
	FILE *file;

	must(count > 0 && argc == 3 + keys,
	    "usage: manychains DIRECTORY COUNT [keys]");
	must(authority != NULL, "keys");
	if (!keys)
		key = make_key(argv[1], "key.pem");
	ca = make("many", count, authority, NULL, authority);
	file = create(argv[1], "ca.pem");
	must(PEM_write_X509(file, ca), "ca.pem");
	must(fclose(file) == 0, "ca.pem");
	for (long i = 0; i < count; i++) {
		if (keys) {
			snprintf(name, sizeof name, "%ld-key.pem", i);
			EVP_PKEY_free(key);
			key = make_key(argv[1], name);
		}
		snprintf(name, sizeof name, "site-%ld.test", i);
		cert = make(name, i, key, ca, authority);
		snprintf(name, sizeof name, "%ld.pem", i);
		file = create(argv[1], name);
		must(PEM_write_X509(file, cert) && PEM_write_X509(file, ca),
		    name);
		must(fclose(file) == 0, name);
		X509_free(cert);
	}
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(authority);
	return EXIT_SUCCESS;
}
