/*
 * Judges certificate paths as a connection would, by libtls/cert/validate.h.
 * Each line of standard input is a case, its fields split by tabs:
 *
 *	id  server|public|client  time  depth  name  ANCHOR,ANCHOR...
 *LEAF,CERT...
 *
 * A public server is one below public authorities. Certificates are DER in
 *base64, depth is as in s2n_config_set_max_cert_chain _depth, name is "-" when
 *none is asked for. Prints "id ok" or "id" and the error's name, then the
 *microseconds that it took.
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

enum field { ID, PURPOSE, TIME, DEPTH, NAME, ANCHORS, CHAIN, FIELDS };

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

/* A list of base64 texts as PEM; the caller's to free. */
static char *
pem_of(char *list)
{
	struct text out = { 0 };

	if ((out.file = open_memstream(&out.data, &out.len)) == NULL)
		die("no memory");
	for (char *item, *rest = list;
	     (item = strsep(&rest, ",")) != NULL && *item != '\0';)
		fprintf(out.file,
		    "-----BEGIN CERTIFICATE-----\n%s\n"
		    "-----END CERTIFICATE-----\n",
		    item);
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

static int
judge(char *const field[FIELDS])
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct trust_store *trust = trust_store_new();
	bool client = strcmp(field[PURPOSE], "client") == 0;
	bool named = strcmp(field[NAME], "-") != 0;
	struct validation how = {
		.trust = trust,
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
	char *anchors = pem_of(field[ANCHORS]), *sent = pem_of(field[CHAIN]);
	int r;

	if (chain == NULL || trust == NULL)
		die("no memory");
	if ((r = trust_store_add_pem(trust, anchors)) == 0 &&
	    (r = chain_of(chain, sent)) == 0)
		r = validate_chain(chain, &how);
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
