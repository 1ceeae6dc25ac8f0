/*
 * cert/ocsp.c: which OCSP responses count for a certificate, one rule a row.
 */
#include "libtls/cert/ocsp.h"

#include "libtls/s2n.h"
#include "tests/unit/responder.h"
#include "tests/unit/unit.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define HOUR 3600
#define TOLERANCE 300

/* Before the tests fork. */
static void
make_keys(void)
{
	certs_key(CERTS_P256, 0);
	certs_key(CERTS_P256, 1);
	certs_key(CERTS_P256, 2);
	certs_key(CERTS_RSA, 2);
	certs_key(CERTS_RSA_WEAK, 2);
}

/* Who may sign. */
enum who {
	ISSUER,
	DELEGATE,
	RSA_DELEGATE,
	NO_USAGE,       /* no extKeyUsage at all */
	SERVER_USAGE,   /* of a TLS server */
	ANY_USAGE,      /* anyExtendedKeyUsage */
	NO_SIGNATURES,  /* a keyUsage without digitalSignature */
	CRITICAL,       /* an unknown critical extension */
	WEAK_KEY,       /* RSA of 512 bits */
	WEAK_HASH,      /* certified with SHA-1 */
	OLD,            /* its certificate has expired */
	YOUNG,          /* not yet valid */
	STRANGER,       /* a CA of another name */
	NAMESAKE,       /* a CA of the issuer's name with another key */
	OTHER_DELEGATE, /* of the stranger */
	FALSE_DELEGATE, /* of the namesake */
	GRANDCHILD,     /* of a CA below the issuer */
	SIBLING,        /* a leaf of the issuer's */
	SELF,           /* the leaf itself */
	WHOS
};

#define OCSP_USAGE                                                             \
	{                                                                      \
		"extendedKeyUsage", "OCSPSigning"                              \
	}
#define BY(ca, ...)                                                            \
	MAKE(.name = "responder", .issuer = ca, .key_number = 2, __VA_ARGS__)

static struct {
	const struct certs_cert *ca, *leaf, *twin, *who[WHOS];
} world;

static void
make_delegates(const struct certs_cert *ca)
{
	world.who[DELEGATE] = BY(ca, .extensions = { OCSP_USAGE });
	world.who[RSA_DELEGATE] =
	    BY(ca, .key = CERTS_RSA, .extensions = { OCSP_USAGE });
	world.who[NO_USAGE] = BY(ca, .extensions = { { NULL, NULL } });
	world.who[SERVER_USAGE] =
	    BY(ca, .extensions = { { "extendedKeyUsage", "serverAuth" } });
	world.who[ANY_USAGE] = BY(ca,
	    .extensions = { { "extendedKeyUsage", "anyExtendedKeyUsage" } });
	world.who[NO_SIGNATURES] = BY(ca, .bare = true,
	    .extensions = { OCSP_USAGE, { "keyUsage", "keyEncipherment" } });
	world.who[CRITICAL] =
	    BY(ca, .extensions = { OCSP_USAGE,
		       { "1.3.6.1.4.1.55555.9", "critical,ASN1:NULL" } });
	world.who[WEAK_KEY] =
	    BY(ca, .key = CERTS_RSA_WEAK, .extensions = { OCSP_USAGE });
	world.who[WEAK_HASH] =
	    BY(ca, .hash = "SHA1", .extensions = { OCSP_USAGE });
	world.who[OLD] =
	    BY(ca, .to = CERTS_NOW - 1, .extensions = { OCSP_USAGE });
	world.who[YOUNG] =
	    BY(ca, .from = CERTS_NOW + 1, .extensions = { OCSP_USAGE });
}

static void
make_others(const struct certs_cert *ca)
{
	const struct certs_cert *below =
	    MAKE(.name = "below", .issuer = ca, .ca = true);

	world.who[STRANGER] =
	    MAKE(.name = "stranger", .ca = true, .key_number = 2);
	world.who[NAMESAKE] = MAKE(.name = "CA", .ca = true, .key_number = 2);
	world.who[OTHER_DELEGATE] =
	    BY(world.who[STRANGER], .extensions = { OCSP_USAGE });
	world.who[FALSE_DELEGATE] =
	    BY(world.who[NAMESAKE], .extensions = { OCSP_USAGE });
	world.who[GRANDCHILD] = BY(below, .extensions = { OCSP_USAGE });
	world.who[SIBLING] = MAKE(.name = "sibling", .issuer = ca);
}

static void
setup(void)
{
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);

	world.ca = world.who[ISSUER] = ca;
	world.leaf = world.who[SELF] = MAKE(.name = "leaf", .issuer = ca);
	make_delegates(ca);
	make_others(ca);
	world.twin = world.who[SIBLING];
}

static void
teardown(void)
{
	certs_free_all();
}

static int
check_as(const struct responder_spec *spec, uint8_t version, bool check_time)
{
	struct ocsp_subject subject = {
		.leaf = world.leaf->x509,
		.issuer = world.ca->x509,
		.now = CERTS_NOW,
		.check_time = check_time,
		.version = version,
	};
	struct slice response = responder_make(spec);
	int r = ocsp_check(response, &subject);

	responder_free(response);
	return r;
}

static int
check(const struct responder_spec *spec)
{
	return check_as(spec, S2N_TLS13, true);
}

/* What is read in it: subject is the leaf. */
static const struct {
	const char *what;
	struct responder_spec spec;
	int code;
} contents[] = {
	{ "good", { 0 }, 0 },
	{ "the responder is named by its key", { .by_key = true }, 0 },
	{ "the issuer's certificate is there", { .embed = true }, 0 },
	{ "the id is hashed with SHA-256", { .id_hash = "SHA256" }, 0 },
	{ "the id is hashed with MD5", { .id_hash = "MD5" },
	    ERR_OCSP_UNTRUSTED },
	{ "a nonce", { .nonce = true }, 0 },
	{ "revoked", { .status = V_OCSP_CERTSTATUS_REVOKED },
	    ERR_OCSP_REVOKED },
	{ "unknown", { .status = V_OCSP_CERTSTATUS_UNKNOWN },
	    ERR_OCSP_UNTRUSTED },
	{ "a critical extension", { .critical = true }, ERR_OCSP_UNTRUSTED },
	{ "a critical extension of the status", { .critical_single = true },
	    ERR_OCSP_UNTRUSTED },
	{ "try later", { .reply = OCSP_RESPONSE_STATUS_TRYLATER },
	    ERR_OCSP_UNTRUSTED },
	{ "unauthorized", { .reply = OCSP_RESPONSE_STATUS_UNAUTHORIZED },
	    ERR_OCSP_UNTRUSTED },
	{ "signed with SHA-384", { .hash = "SHA384" }, 0 },
	{ "signed with SHA-1", { .hash = "SHA1" }, ERR_OCSP_UNTRUSTED },
	/* times */
	{ "ends now", { .to = CERTS_NOW }, 0 },
	{ "ended within the tolerance", { .to = CERTS_NOW - TOLERANCE }, 0 },
	{ "ended before it", { .to = CERTS_NOW - TOLERANCE - 1 },
	    ERR_OCSP_EXPIRED },
	{ "revoked, and too old",
	    { .to = CERTS_NOW - HOUR + 1, .status = V_OCSP_CERTSTATUS_REVOKED },
	    ERR_OCSP_EXPIRED },
	{ "begins within the tolerance", { .from = CERTS_NOW + TOLERANCE }, 0 },
	{ "begins after it", { .from = CERTS_NOW + TOLERANCE + 1 },
	    ERR_OCSP_NOT_YET_VALID },
	{ "ends before it begins",
	    { .from = CERTS_NOW + 60, .to = CERTS_NOW - 60 },
	    ERR_OCSP_RESPONSE },
	{ "no end, an hour old", { .to = -1 }, 0 },
	{ "no end, an hour and the tolerance old",
	    { .from = CERTS_NOW - HOUR - TOLERANCE, .to = -1 }, 0 },
	{ "no end, older than that",
	    { .from = CERTS_NOW - HOUR - TOLERANCE - 1, .to = -1 },
	    ERR_OCSP_EXPIRED },
	{ "no end, not begun", { .from = CERTS_NOW + HOUR, .to = -1 },
	    ERR_OCSP_NOT_YET_VALID },
};

START_TEST(what_it_says_decides)
{
	struct responder_spec spec = contents[_i].spec;

	spec.subject = world.leaf;
	ck_assert_msg(
	    check(&spec) == contents[_i].code, "%s", contents[_i].what);
}
END_TEST

/* Whose word it is, with and without the certificate in the response. */
static const struct {
	const char *what;
	enum who who;
	int embedded, alone;
} signers[] = {
	{ "the issuer", ISSUER, 0, 0 },
	{ "a delegate", DELEGATE, 0, ERR_OCSP_UNTRUSTED },
	{ "a delegate with RSA", RSA_DELEGATE, 0, ERR_OCSP_UNTRUSTED },
	{ "no extKeyUsage", NO_USAGE, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a server", SERVER_USAGE, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "any usage", ANY_USAGE, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "no signatures", NO_SIGNATURES, ERR_OCSP_UNTRUSTED,
	    ERR_OCSP_UNTRUSTED },
	{ "critical", CRITICAL, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a weak key", WEAK_KEY, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a weak hash", WEAK_HASH, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "expired", OLD, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "not yet valid", YOUNG, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a stranger", STRANGER, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a namesake", NAMESAKE, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "a stranger's delegate", OTHER_DELEGATE, ERR_OCSP_UNTRUSTED,
	    ERR_OCSP_UNTRUSTED },
	{ "a namesake's delegate", FALSE_DELEGATE, ERR_OCSP_UNTRUSTED,
	    ERR_OCSP_UNTRUSTED },
	{ "a delegate of a CA below", GRANDCHILD, ERR_OCSP_UNTRUSTED,
	    ERR_OCSP_UNTRUSTED },
	{ "another leaf", SIBLING, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
	{ "the leaf itself", SELF, ERR_OCSP_UNTRUSTED, ERR_OCSP_UNTRUSTED },
};

START_TEST(only_the_issuer_and_its_delegates_count)
{
	struct responder_spec spec = { .subject = world.leaf,
		.signer = world.who[signers[_i].who],
		.embed = true };

	ck_assert_msg(check(&spec) == signers[_i].embedded, "%s, embedded",
	    signers[_i].what);
	spec.by_key = true;
	ck_assert_msg(check(&spec) == signers[_i].embedded, "%s, by key",
	    signers[_i].what);
	spec.embed = spec.by_key = false;
	ck_assert_msg(
	    check(&spec) == signers[_i].alone, "%s, alone", signers[_i].what);
}
END_TEST

START_TEST(below_tls13_and_without_times_less_is_asked)
{
	struct responder_spec spec = { .subject = world.leaf, .hash = "SHA1" };

	ck_assert_int_eq(check_as(&spec, S2N_TLS12, true), 0);
	spec.hash = "MD5";
	spec.signer = world.who[RSA_DELEGATE];
	spec.embed = true;
	ck_assert_int_eq(check_as(&spec, S2N_TLS12, true), ERR_OCSP_UNTRUSTED);
	spec.hash = NULL;
	ck_assert_int_eq(check_as(&spec, S2N_TLS12, true), 0);
	spec.signer = world.who[WEAK_HASH];
	ck_assert_int_eq(check_as(&spec, S2N_TLS12, true), 0);
	spec.signer = world.who[OLD];
	ck_assert_int_eq(check_as(&spec, S2N_TLS13, false), 0);
	/* But the response has to be of now. */
	spec.to = CERTS_NOW - HOUR + 1;
	ck_assert_int_eq(check_as(&spec, S2N_TLS13, false), ERR_OCSP_EXPIRED);
}
END_TEST

START_TEST(it_is_of_this_certificate)
{
	struct responder_spec spec = { .subject = world.twin };

	ck_assert_int_eq(check(&spec), ERR_OCSP_UNTRUSTED);
	/* The same serial number, but of another issuer. */
	spec = (struct responder_spec){ .subject = world.leaf,
		.issuer = world.who[STRANGER],
		.signer = world.ca };
	ck_assert_int_eq(check(&spec), ERR_OCSP_UNTRUSTED);
	spec.issuer = world.who[NAMESAKE];
	ck_assert_int_eq(check(&spec), ERR_OCSP_UNTRUSTED);
	/* Another one's stands in front. */
	spec = (struct responder_spec){ .subject = world.leaf,
		.before = world.twin };
	ck_assert_int_eq(check(&spec), 0);
	spec = (struct responder_spec){ .subject = world.twin,
		.before = world.leaf };
	ck_assert_int_eq(check(&spec), ERR_OCSP_REVOKED);
}
END_TEST

static int
check_bytes(struct slice bytes, X509 *issuer)
{
	struct ocsp_subject subject = {
		.leaf = world.leaf->x509,
		.issuer = issuer,
		.now = CERTS_NOW,
		.check_time = true,
		.version = S2N_TLS13,
	};

	return ocsp_check(bytes, &subject);
}

START_TEST(every_byte_counts)
{
	struct slice good =
	    responder_make(&(struct responder_spec){ .subject = world.leaf });
	uint8_t bytes[2000];
	int r;

	ck_assert_uint_lt(good.len, sizeof bytes);
	for (size_t i = 0; i < good.len; i++) {
		memcpy(bytes, good.data, good.len);
		bytes[i] ^= 1;
		r = check_bytes(slice_of(bytes, good.len), world.ca->x509);
		ck_assert_msg(r != 0, "byte %zu changed", i);
		ck_assert_int_ne(
		    check_bytes(slice_of(good.data, i), world.ca->x509), 0);
	}
	memcpy(bytes, good.data, good.len);
	bytes[good.len] = 0;
	ck_assert_int_eq(
	    check_bytes(slice_of(bytes, good.len + 1), world.ca->x509),
	    ERR_OCSP_RESPONSE);
	ck_assert_int_eq(
	    check_bytes(slice_of_string("no response"), world.ca->x509),
	    ERR_OCSP_RESPONSE);
	ck_assert_int_eq(check_bytes(good, world.ca->x509), 0);
	ck_assert_int_eq(check_bytes(good, NULL), ERR_OCSP_UNTRUSTED);
	ck_assert_int_eq(
	    check_bytes(good, world.who[NAMESAKE]->x509), ERR_OCSP_UNTRUSTED);
	responder_free(good);
}
END_TEST

static Suite *
ocsp_suite(void)
{
	Suite *suite = suite_create("ocsp");
	TCase *tcase = tcase_create("ocsp");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, what_it_says_decides, 0, (int)COUNT(contents));
	tcase_add_loop_test(tcase, only_the_issuer_and_its_delegates_count, 0,
	    (int)COUNT(signers));
	tcase_add_test(tcase, below_tls13_and_without_times_less_is_asked);
	tcase_add_test(tcase, it_is_of_this_certificate);
	tcase_add_test(tcase, every_byte_counts);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(ocsp_suite)
