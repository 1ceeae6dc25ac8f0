/*
 * frontd/staple.c: which files can go along with a site's certificate, one
 * rule a row.
 */
#include "frontd/staple.h"

#include <stdio.h>
#include <unistd.h>

#include <openssl/err.h>

#include "tests/unit/responder.h"
#include "tests/unit/unit.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define HOUR 3600

static struct {
	const struct certs_cert *ca, *namesake, *leaf, *twin, *delegate,
	    *server, *self;
} world;

static char path[64];

/* The delegate is checked at the machine's time: it lives now. */
static void
set_up(void)
{
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);
	int fd;

	world.ca = ca;
	world.namesake = MAKE(.name = "CA", .ca = true, .key_number = 2);
	world.leaf = MAKE(.name = "leaf", .issuer = ca);
	world.twin = MAKE(.name = "twin", .issuer = ca);
	world.delegate =
	    MAKE(.name = "responder", .issuer = ca, .key_number = 2,
		.extensions = { { "extendedKeyUsage", "OCSPSigning" } });
	world.server = MAKE(.name = "server", .issuer = ca, .key_number = 2,
	    .extensions = { { "extendedKeyUsage", "serverAuth" } });
	world.self = MAKE(.name = "self");
	strcpy(path, "/tmp/frontd-staple.XXXXXX");
	ck_assert_int_ge(fd = mkstemp(path), 0);
	close(fd);
}

static void
tear_down(void)
{
	unlink(path);
	certs_free_all();
}

static void
write_file(struct slice bytes)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	if (bytes.len > 0)
		ck_assert_uint_eq(
		    fwrite(bytes.data, 1, bytes.len, out), bytes.len);
	ck_assert_int_eq(fclose(out), 0);
}

/* What is said of the file beside this chain; NULL: it is fine. */
static const char *
judge_file(const char *pem, struct site_staple *staple)
{
	char chain_path[] = "/tmp/frontd-staple-chain.XXXXXX";
	int fd = mkstemp(chain_path);
	struct site_chain chain;
	const char *reason;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, pem, strlen(pem)), (ssize_t)strlen(pem));
	close(fd);
	ck_assert_ptr_null(site_read_chain(chain_path, &chain));
	unlink(chain_path);
	reason = staple_read(path, &chain, staple);
	site_free_chain(&chain);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	ck_assert_msg((reason == NULL) == (staple->der != NULL), "%s", reason);
	return reason;
}

static const char *
judge(const char *pem, const struct responder_spec *spec,
    struct site_staple *staple)
{
	struct slice response = responder_make(spec);
	const char *reason;

	write_file(response);
	reason = judge_file(pem, staple);
	if (reason == NULL)
		ck_assert(
		    slice_equal(response, slice_of(staple->der, staple->len)));
	responder_free(response);
	return reason;
}

#define ANOTHER "is of another certificate"
#define UNSIGNED "is signed neither by the certificate's issuer nor for it"

enum signer { ISSUER, DELEGATE, SERVER, NAMESAKE };

/* Beside a chain with the issuer, and beside the leaf alone. */
static const struct {
	const char *what;
	struct responder_spec spec;
	enum signer signer;
	const char *with_issuer, *alone;
} responses[] = {
	{ "good", { 0 }, ISSUER, NULL, NULL },
	{ "named by the key, SHA-256", { .by_key = true, .id_hash = "SHA256" },
	    ISSUER, NULL, NULL },
	{ "a delegate's", { .embed = true }, DELEGATE, NULL, NULL },
	{ "a delegate's, whose certificate is not there", { 0 }, DELEGATE,
	    UNSIGNED, NULL },
	{ "a server's", { .embed = true }, SERVER, UNSIGNED, NULL },
	{ "a namesake's", { .embed = true }, NAMESAKE, UNSIGNED, NULL },
	{ "revoked", { .status = V_OCSP_CERTSTATUS_REVOKED }, ISSUER,
	    "says that the certificate is revoked",
	    "says that the certificate is revoked" },
	{ "unknown", { .status = V_OCSP_CERTSTATUS_UNKNOWN }, ISSUER,
	    "says that the certificate is unknown",
	    "says that the certificate is unknown" },
	{ "try later", { .reply = OCSP_RESPONSE_STATUS_TRYLATER }, ISSUER,
	    "the responder gave no answer", "the responder gave no answer" },
};

START_TEST(what_clients_would_take_is_taken)
{
	const struct certs_cert *signers[] = { world.ca, world.delegate,
		world.server, world.namesake };
	const char *pem = certs_join(world.leaf->pem, world.ca->pem);
	struct responder_spec spec = responses[_i].spec;
	struct site_staple staple;
	const char *reason;

	spec.subject = world.leaf;
	spec.signer = signers[responses[_i].signer];
	reason = judge(pem, &spec, &staple);
	ck_assert_msg(
	    reason == responses[_i].with_issuer ||
		(reason != NULL && responses[_i].with_issuer != NULL &&
		    strcmp(reason, responses[_i].with_issuer) == 0),
	    "%s: %s", responses[_i].what, reason);
	staple_free(&staple);
	/* Without the issuer nobody can tell who signed it. */
	reason = judge(world.leaf->pem, &spec, &staple);
	ck_assert_msg(reason == responses[_i].alone ||
			  (reason != NULL && responses[_i].alone != NULL &&
			      strcmp(reason, responses[_i].alone) == 0),
	    "%s, alone: %s", responses[_i].what, reason);
	staple_free(&staple);
}
END_TEST

START_TEST(it_is_of_this_certificate)
{
	const char *pem = certs_join(world.leaf->pem, world.ca->pem);
	struct responder_spec spec = { .subject = world.twin };
	struct site_staple staple;
	struct certs_cert other;

	ck_assert_str_eq(judge(pem, &spec, &staple), ANOTHER);
	ck_assert_str_eq(judge(world.leaf->pem, &spec, &staple), ANOTHER);
	/* One of several. */
	spec = (struct responder_spec){ .subject = world.leaf,
		.before = world.twin };
	ck_assert_ptr_null(judge(pem, &spec, &staple));
	staple_free(&staple);
	/* The serial number is right, the issuer's key is another. */
	spec = (struct responder_spec){ .subject = world.leaf,
		.issuer = world.namesake,
		.signer = world.ca };
	ck_assert_str_eq(judge(pem, &spec, &staple), ANOTHER);
	/* Only the serial number is. */
	other = *world.self;
	other.x509 = X509_dup(world.self->x509);
	ck_assert_int_eq(X509_set_serialNumber(other.x509,
			     X509_get_serialNumber(world.leaf->x509)),
	    1);
	spec = (struct responder_spec){ .subject = &other };
	ck_assert_str_eq(judge(pem, &spec, &staple), ANOTHER);
	ck_assert_str_eq(judge(world.leaf->pem, &spec, &staple), ANOTHER);
	X509_free(other.x509);
	/* A certificate that is its own issuer. */
	spec = (struct responder_spec){ .subject = world.self };
	ck_assert_ptr_null(judge(world.self->pem, &spec, &staple));
	staple_free(&staple);
}
END_TEST

START_TEST(its_times_are_told)
{
	const char *pem = certs_join(world.leaf->pem, world.ca->pem);
	struct responder_spec spec = {
		.subject = world.leaf, .from = 1000000, .to = 2000000
	};
	struct site_staple staple;

	ck_assert_ptr_null(judge(pem, &spec, &staple));
	ck_assert_int_eq(staple.times.from, 1000000);
	ck_assert_int_eq(staple.times.until, 2000000);
	staple_free(&staple);
	spec.to = -1;
	ck_assert_ptr_null(judge(pem, &spec, &staple));
	ck_assert_int_eq(staple.times.until, 1000000 + HOUR);
	staple_free(&staple);
}
END_TEST

static void
must_be(const char *pem, struct slice bytes, const char *reason)
{
	struct site_staple staple;

	write_file(bytes);
	ck_assert_str_eq(judge_file(pem, &staple), reason);
}

START_TEST(other_files_are_refused)
{
	static uint8_t large[STAPLE_SIZE_MAX + 1];
	const char *pem = certs_join(world.leaf->pem, world.ca->pem);
	struct slice good =
	    responder_make(&(struct responder_spec){ .subject = world.leaf });
	struct site_staple staple;
	uint8_t longer[2000] = { 0 };

	must_be(pem, NO_BYTES, "no OCSP response in DER");
	must_be(
	    pem, slice_of_string(world.leaf->pem), "no OCSP response in DER");
	must_be(pem, slice_of_string(world.leaf->key_pem),
	    "no OCSP response in DER");
	must_be(pem, world.leaf->der, "no OCSP response in DER");
	must_be(
	    pem, slice_of(good.data, good.len - 1), "no OCSP response in DER");
	memcpy(longer, good.data, good.len);
	must_be(pem, slice_of(longer, good.len + 1), "no OCSP response in DER");
	must_be(pem, slice_of(large, sizeof large), "larger than 32000 bytes");
	must_be(
	    pem, slice_of(large, sizeof large - 1), "no OCSP response in DER");
	/* The last byte is one of the signature. */
	longer[good.len - 1] ^= 1;
	must_be(pem, slice_of(longer, good.len), UNSIGNED);
	unlink(path);
	ck_assert_str_eq(judge_file(pem, &staple), "No such file or directory");
	responder_free(good);
}
END_TEST

static Suite *
staple_suite(void)
{
	Suite *suite = suite_create("staple");
	TCase *tcase = tcase_create("staple");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(
	    tcase, what_clients_would_take_is_taken, 0, (int)COUNT(responses));
	tcase_add_test(tcase, it_is_of_this_certificate);
	tcase_add_test(tcase, its_times_are_told);
	tcase_add_test(tcase, other_files_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(staple_suite)
