/*
 * Judges certificate paths as a connection would, by libtls/cert/validate.h.
 * Each line of standard input is a case, its fields split by tabs:
 *
 *	id  server|public|client  time  depth  name  ANCHOR,...  CRL,...
 *LEAF,...
 *
 * A public server is one below public authorities. Certificates and CRLs are
 * DER in base64, depth is as in s2n_config_set_max_cert_chain_depth, name is
 * "-" when none is asked for. With a CRL revocation is checked, as with a
 *lookup callback that answers by the issuer's name; without one it is not.
 *Prints "id ok" or "id" and the error's name, then the microseconds that it
 *took.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libtls/cert/pem.h"
#include "libtls/cert/validate.h"
#include "libtls/s2n.h"

#define CERTS_MAX 20000
#define CRLS_MAX 16

enum field { ID, PURPOSE, TIME, DEPTH, NAME, ANCHORS, CRLS, CHAIN, FIELDS };

struct text {
	char *data;
	size_t len;
	FILE *file;
};

static void
die(const char *what)
{
	fprintf(stderr, "pathcheck: %s\n", what);
	exit(2);
}

struct crls {
	struct s2n_crl *at[CRLS_MAX];
	size_t count;
};

/* A list of base64 texts as PEM; the caller's to free. */
static char *
pem_of(char *list, const char *label)
{
	struct text out = { 0 };

	if ((out.file = open_memstream(&out.data, &out.len)) == NULL)
		die("no memory");
	for (char *item, *rest = list;
	     (item = strsep(&rest, ",")) != NULL && *item != '\0';)
		fprintf(out.file, "-----BEGIN %s-----\n%s\n-----END %s-----\n",
		    label, item, label);
	fclose(out.file);
	return out.data;
}

/* What a peer's Certificate message comes to. */
static int
chain_of(struct s2n_cert_chain_and_key *chain, const char *pem)
{
	static struct slice der[CERTS_MAX];
	static struct writer bytes[CERTS_MAX];
	struct slice rest = slice_of_string(pem);
	size_t count = 0;
	int r;

	for (;;) {
		if (count == CERTS_MAX)
			die("too many certificates");
		writer_init(&bytes[count], rest.len + 3);
		if ((r = pem_certificate(&rest, &bytes[count])) != 0)
			break;
		der[count] = slice_of(bytes[count].data, bytes[count].len);
		count++;
	}
	if (r == ERR_PEM_OUT_OF_DATA)
		r = chain_from_der(chain, der, count);
	for (size_t i = 0; i <= count; i++)
		writer_free(&bytes[i]);
	return r;
}

/* ---- revocation ---- */

static struct crls
load_crls(char *list)
{
	struct crls crls = { 0 };
	struct s2n_crl *crl;
	char *pem;

	for (char *item;
	     (item = strsep(&list, ",")) != NULL && *item != '\0';) {
		if (crls.count == CRLS_MAX)
			die("too many CRLs");
		pem = pem_of(item, "X509 CRL");
		crl = s2n_crl_new();
		if (s2n_crl_load_pem(crl, (uint8_t *)pem, strlen(pem)) != 0)
			die("no CRL");
		free(pem);
		crls.at[crls.count++] = crl;
	}
	return crls;
}

static void
free_crls(struct crls *crls)
{
	for (size_t i = 0; i < crls->count; i++)
		(void)s2n_crl_free(&crls->at[i]);
}

/* The lookup callback of such an application. */
static int
look_up(struct s2n_crl_lookup *lookup, void *ctx)
{
	const struct crls *crls = ctx;
	uint64_t wanted, issuer;

	if (s2n_crl_lookup_get_cert_issuer_hash(lookup, &wanted) != 0)
		return -1;
	for (size_t i = 0; i < crls->count; i++)
		if (s2n_crl_get_issuer_hash(crls->at[i], &issuer) == 0 &&
		    issuer == wanted)
			return s2n_crl_lookup_set(lookup, crls->at[i]);
	return s2n_crl_lookup_ignore(lookup);
}

static int
look_all_up(struct crl_lookups *lookups,
    const struct s2n_cert_chain_and_key *chain, struct crls *crls)
{
	int r;

	if (crls->count == 0)
		return 0;
	if ((r = crl_lookups_open(lookups, chain)) != 0)
		return r;
	return crl_lookups_ask(lookups, look_up, crls);
}

static int
judge(char *const field[FIELDS])
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct trust_store *trust = trust_store_new();
	bool client = strcmp(field[PURPOSE], "client") == 0;
	bool named = strcmp(field[NAME], "-") != 0;
	struct crl_lookups lookups = { 0 };
	struct crls crls = load_crls(field[CRLS]);
	struct validation how = {
		.trust = trust,
		.lookups = crls.count > 0 ? &lookups : NULL,
		.purpose = client ? PURPOSE_CLIENT : PURPOSE_SERVER,
		.max_depth = (uint16_t)strtoul(field[DEPTH], NULL, 10),
		.check_time = true,
		.check_intent = true,
		.public_rules = strcmp(field[PURPOSE], "public") == 0,
		.now = strtoull(field[TIME], NULL, 10),
		.version = S2N_TLS13,
		.verify_host = named ? hostname_matches : NULL,
		.verify_host_ctx = field[NAME],
	};
	char *anchors = pem_of(field[ANCHORS], "CERTIFICATE");
	char *sent = pem_of(field[CHAIN], "CERTIFICATE");
	int r;

	if (chain == NULL || trust == NULL)
		die("no memory");
	if ((r = trust_store_add_pem(trust, anchors)) == 0 &&
	    (r = chain_of(chain, sent)) == 0 &&
	    (r = look_all_up(&lookups, chain, &crls)) == 0)
		r = validate_chain(chain, &how);
	crl_lookups_free(&lookups);
	free_crls(&crls);
	free(anchors);
	free(sent);
	trust_store_free(trust);
	s2n_cert_chain_and_key_free(chain);
	return r;
}

static uint64_t
microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int
main(void)
{
	char *line = NULL, *rest, *field[FIELDS];
	size_t room = 0;
	ssize_t len;
	uint64_t start;
	int r;

	while ((len = getline(&line, &room, stdin)) > 0) {
		line[len - 1] = '\0';
		rest = line;
		for (size_t i = 0; i < FIELDS; i++)
			if ((field[i] = strsep(&rest, "\t")) == NULL)
				die("a line has too few fields");
		start = microseconds();
		r = judge(field);
		(void)errors_report(r);
		printf("%s\t%s\t%" PRIu64 "\n", field[ID],
		    r == 0 ? "ok" : s2n_strerror_name(s2n_errno),
		    microseconds() - start);
	}
	free(line);
	return fflush(stdout) == 0 ? 0 : 2;
}
