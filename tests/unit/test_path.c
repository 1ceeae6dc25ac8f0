/*
 * libtls/cert/path.c: which path is found, and that hostile chains cost bounded
 * time and memory and get the right alert.
 */
#include <sys/resource.h>
#include <time.h>

#include "libtls/cert/path.h"
#include "libtls/cert/validate.h"
#include "libtls/handshake/message.h"
#include "tests/unit/certs.h"
#include "tests/unit/crooked.h"
#include "tests/unit/unit.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define HOST "www.example.com"
/*
 * Far more than each takes, and far less than what is not bounded would: other
 * tests run beside this one, maybe under a sanitizer.
 */
#define SECONDS_MAX 5
#ifdef __SANITIZE_ADDRESS__  /* which keeps what is freed for a while */
#define MEMORY_MAX (4 << 20) /* KiB */
#else
#define MEMORY_MAX (128 << 10)
#endif

static const struct certs_cert *root;

static void
make_root(void)
{
	root = MAKE(.name = "root", .ca = true);
	certs_key(CERTS_P256, 2);
	certs_key(CERTS_P256, 3);
}

static double
seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static long
memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* What validate_chain() says of certificates below the root; all bounded. */
static int
judge(const struct slice *der, size_t count)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct trust_store *trust = trust_store_new();
	struct validation how = { .trust = trust,
		.purpose = PURPOSE_SERVER,
		.max_depth = UINT16_MAX,
		.check_time = true,
		.check_intent = true,
		.now = CERTS_NOW,

		.version = S2N_TLS13 };
	double start = seconds();
	long before = memory();
	int r;

	ck_assert_int_eq(trust_store_add_pem(trust, root->pem), 0);
	ck_assert_int_eq(chain_from_der(chain, der, count), 0);
	r = validate_chain(chain, &how);
	ck_assert_msg(seconds() - start < SECONDS_MAX, "took too long");
	ck_assert_msg(memory() - before < MEMORY_MAX, "took too much");
	s2n_cert_chain_and_key_free(chain);
	trust_store_free(trust);
	return r;
}

/* ---- another path ---- */

static const struct certs_cert *
middle(int64_t to, const char *hash, struct certs_extension extension)
{
	return MAKE(.name = "middle", .ca = true, .issuer = root,
	    .key_number = 2, .to = to, .hash = hash,
	    .extensions = { extension });
}

static const struct certs_cert *
expired(void)
{
	return middle(CERTS_NOW - 1, NULL, (struct certs_extension){ 0 });
}

static const struct certs_cert *
sha1(void)
{
	return middle(0, "SHA1", (struct certs_extension){ 0 });
}

static const struct certs_cert *
for_clients(void)
{
	return middle(0, NULL,
	    (struct certs_extension){ "extendedKeyUsage", "clientAuth" });
}

static const struct certs_cert *
for_other_names(void)
{
	return middle(0, NULL,
	    (struct certs_extension){
		"nameConstraints", "critical,permitted;DNS:example.org" });
}

/* The same name, and a key that signed nothing. */
static const struct certs_cert *
forged(void)
{
	return MAKE(.name = "middle", .ca = true, .issuer = root,
	    .key_number = 3);
}

static const struct certs_cert *
no_ca(void)
{
	return MAKE(.name = "middle", .issuer = root, .key_number = 2);
}

static const struct {
	const char *what;
	const struct certs_cert *(*make)(void);
} bad_ones[] = {
	{ "expired", expired },
	{ "signed with SHA-1", sha1 },
	{ "for clients", for_clients },
	{ "for other names", for_other_names },
	{ "forged", forged },
	{ "no CA", no_ca },
};

START_TEST(a_bad_issuer_beside_a_good_one_does_not_matter)
{
	const struct certs_cert *bad = bad_ones[_i].make();
	const struct certs_cert *good =
	    middle(0, NULL, (struct certs_extension){ 0 });
	const struct certs_cert *leaf =
	    MAKE(.name = HOST, .issuer = good, .bare = true);
	const struct slice first[] = { leaf->der, bad->der, good->der };
	const struct slice last[] = { leaf->der, good->der, bad->der };

	ck_assert_msg(judge(first, 3) == 0, "%s first", bad_ones[_i].what);
	ck_assert_msg(judge(last, 3) == 0, "%s last", bad_ones[_i].what);
	ck_assert_msg(judge(first, 2) != 0, "%s alone", bad_ones[_i].what);
}
END_TEST

/* ---- hostile ones ---- */

#define CROWD 10000

/* Issuers of each other, below no root: as many paths as orders of them. */
START_TEST(issuers_in_a_circle_lead_nowhere)
{
	static struct slice der[31];
	const struct certs_cert *stranger =
	    MAKE(.name = "stranger", .ca = true, .key_number = 3);
	const struct certs_cert *leaf = MAKE(.name = HOST, .issuer = stranger);

	der[0] = leaf->der;
	for (size_t i = 1; i < COUNT(der); i++)
		/* Self-issued, each one another, all by one key. */
		der[i] = MAKE(.name = "stranger", .ca = true,
		    .issuer = stranger, .key_number = 3)
			     ->der;
	ck_assert_int_eq(judge(der, COUNT(der)), ERR_CERT_UNTRUSTED);
}
END_TEST

START_TEST(two_that_issue_each_other_lead_nowhere)
{
	const struct certs_cert *a =
	    MAKE(.name = "a", .ca = true, .key_number = 2);
	const struct certs_cert *b =
	    MAKE(.name = "b", .ca = true, .key_number = 3, .issuer = a);
	const struct certs_cert *back =
	    MAKE(.name = "a", .ca = true, .key_number = 2, .issuer = b);
	const struct certs_cert *leaf = MAKE(.name = HOST, .issuer = back);
	const struct slice der[] = { leaf->der, back->der, b->der };

	ck_assert_int_eq(judge(der, 3), ERR_CERT_UNTRUSTED);
}
END_TEST

/* Beyond what a message holds, for who would raise its limit. */
START_TEST(ten_thousand_certificates_are_looked_at_once)
{
	static struct slice der[CROWD];
	const struct certs_cert *bad = forged();
	const struct certs_cert *good =
	    middle(0, NULL, (struct certs_extension){ 0 });
	const struct certs_cert *leaf = MAKE(.name = HOST, .issuer = good);

	der[0] = leaf->der;
	for (size_t i = 1; i < CROWD; i++)
		der[i] = bad->der;
	ck_assert_int_ne(judge(der, CROWD), 0);
}
END_TEST

/* prefix and number, count times, with commas. */
static const char *
many(const char *prefix, const char *name, size_t count)
{
	size_t len;
	char *text;
	FILE *file = open_memstream(&text, &len);

	fputs(prefix, file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s%s%zu.example.com", i > 0 ? "," : "", name, i);
	fclose(file);
	return text;
}

static const struct {
	const char *what, *names;
	size_t constraints, count;
	int code;
} bombs[] = {
	{ "some", "DNS:a", 100, 100, 0 },
	{ "below libcrypto's bound", "DNS:a", 1000, 1000, 0 },
	{ "wildcards below it", "DNS:*.a", 1000, 1000, 0 },
	{ "above it", "DNS:a", 2000, 2000, ERR_CERT_BAD },
	{ "wildcards above it", "DNS:*.a", 2000, 2000, ERR_CERT_BAD },
};

START_TEST(names_times_constraints_are_bounded)
{
	const char *constraints = many(
		       "critical,", "excluded;DNS:x.b", bombs[_i].constraints),
		   *names = many("", bombs[_i].names, bombs[_i].count);
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .issuer = root, .key_number = 2,
		.extensions = { { "nameConstraints", constraints } });
	const struct certs_cert *leaf =
	    MAKE(.name = HOST, .sans = names, .issuer = ca);
	const struct slice der[] = { leaf->der, ca->der };
	int r = judge(der, 2);

	ck_assert_msg(r == bombs[_i].code, "%s: code %d", bombs[_i].what, r);
	free((void *)(uintptr_t)constraints);
	free((void *)(uintptr_t)names);
}
END_TEST

/* ---- on the wire ---- */

/* A Certificate of count entries of a byte each: what they are is not read. */
static struct slice
crowd(struct writer *out, size_t count)
{
	struct slice all;
	struct mark list;

	writer_init(out, MESSAGE_MAX);
	writer_u8(out, 0);
	list = writer_open(out, 3);
	for (size_t i = 0; i < count; i++) {
		writer_u24(out, 1);
		writer_u8(out, 0x30);
		writer_u16(out, 0);
	}
	writer_close(out, list);
	ck_assert(writer_result(out, &all));
	return all;
}

static void
init(void)
{
	ck_assert_int_eq(s2n_init(), S2N_SUCCESS);
}

static void
cleanup(void)
{
	ck_assert_int_eq(s2n_cleanup(), S2N_SUCCESS);
}

static void
crooked_bounded(const struct crook *crook, const struct peers_spec *spec)
{
	double start = seconds();
	long before = memory();

	crooked_run_between(crook, spec);
	ck_assert_msg(seconds() - start < SECONDS_MAX, "took too long");
	ck_assert_msg(memory() - before < MEMORY_MAX, "took too much");
}

/* Of a server's, and of a client's that nobody has authenticated yet. */
START_TEST(a_crowd_is_a_bad_certificate)
{
	struct writer body;
	struct crook crook = { .what = "10,000 certificates",
		.message = CERTIFICATE,
		.role = _i == 0 ? S2N_SERVER : S2N_CLIENT,
		.how = BODY,
		.bytes = crowd(&body, CROWD),
		.alert = ALERT_BAD_CERTIFICATE,
		.with = _i == 0 ? 0 : ASKED };

	crooked_bounded(&crook,
	    &(struct peers_spec){ .client_auth = _i == 0
						     ? S2N_CERT_AUTH_NONE
						     : S2N_CERT_AUTH_REQUIRED,
		.client_cert = _i != 0 });
	writer_free(&body);
}
END_TEST

START_TEST(sixteen_mebibytes_are_refused_by_their_header)
{
	struct crook crook = { .what = "a Certificate of 16 MiB",
		.message = CERTIFICATE,
		.role = S2N_SERVER,
		.how = RECORD,
		.number = 22, /* handshake */
		.bytes = BYTES(CERTIFICATE, 0xff, 0xff, 0xff),
		.alert = ALERT_ILLEGAL_PARAMETER };

	crooked_bounded(&crook, &(struct peers_spec){ 0 });
}
END_TEST

/* ---- honest, and long ---- */

#define LONG 40

static const struct {
	uint16_t depth;
	bool unchecked;
	const char *error; /* NULL: the chain is taken */
} depths[] = {
	{ LONG, false, NULL },
	{ LONG - 1, false, "S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED" },
	{ 7, false, "S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED" },
	{ LONG - 1, true, NULL },
};

/* Below the root, which is not sent and does not count. */
static const struct certs_cert *
long_chain(void)
{
	const struct certs_cert *issuer = root;
	char name[16];

	for (int i = 1; i < LONG; i++) {
		snprintf(name, sizeof name, "CA %d", i);
		issuer = MAKE(.name = name, .ca = true, .issuer = issuer,
		    .key_number = 2 + i % 2);
	}
	return MAKE(.name = "localhost", .issuer = issuer);
}

/* RFC 5280 and 8446 know no most: it is as the client's config says. */
START_TEST(a_chain_is_as_long_as_the_config_permits)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const struct certs_cert *leaf = long_chain();
	struct peers peers;
	bool done;

	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(
			     chain, certs_chain_pem(leaf), leaf->key_pem),
	    0);
	peers_open(&peers, &(struct peers_spec){ .no_chain = true });
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     peers.server_config, chain),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers.client_config, root->pem),
	    0);
	ck_assert_int_eq(s2n_config_set_max_cert_chain_depth(
			     peers.client_config, depths[_i].depth),
	    0);
	if (depths[_i].unchecked)
		ck_assert_int_eq(
		    s2n_config_disable_x509_verification(peers.client_config),
		    0);
	done = peers_negotiate(&peers);
	ck_assert_int_eq(done, depths[_i].error == NULL);
	if (!done)
		ck_assert_str_eq(
		    s2n_strerror_name(peers.client_error), depths[_i].error);
	peers_close(&peers);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

static Suite *
path_suite(void)
{
	Suite *suite = suite_create("path");
	TCase *tcase = tcase_create("path");

	tcase_add_unchecked_fixture(tcase, make_root, certs_free_all);
	tcase_add_loop_test(tcase,
	    a_bad_issuer_beside_a_good_one_does_not_matter, 0,
	    (int)COUNT(bad_ones));
	tcase_add_test(tcase, issuers_in_a_circle_lead_nowhere);
	tcase_add_test(tcase, two_that_issue_each_other_lead_nowhere);
	tcase_add_test(tcase, ten_thousand_certificates_are_looked_at_once);
	tcase_add_loop_test(
	    tcase, names_times_constraints_are_bounded, 0, (int)COUNT(bombs));
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("wire");
	tcase_add_checked_fixture(tcase, init, cleanup);
	tcase_add_loop_test(tcase, a_crowd_is_a_bad_certificate, 0, 2);
	tcase_add_test(tcase, sixteen_mebibytes_are_refused_by_their_header);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("long");
	tcase_add_unchecked_fixture(tcase, make_root, certs_free_all);
	tcase_add_checked_fixture(tcase, init, cleanup);
	tcase_add_loop_test(tcase, a_chain_is_as_long_as_the_config_permits, 0,
	    (int)COUNT(depths));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(path_suite)
