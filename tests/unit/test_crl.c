/*
 * unstable/crl.h and custom_x509_extensions.h: revocation, the application's
 * word on a chain and on extensions, given at once or later.
 */
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/crl.h"
#include "unstable/custom_x509_extensions.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define ALERT_CERTIFICATE_REVOKED 44
#define ALERT_CERTIFICATE_UNKNOWN 46
#define ALERT_UNSUPPORTED_CERTIFICATE 43
#define ALERT_ACCESS_DENIED 49
#define ALERT_HANDSHAKE_FAILURE 40
#define LOOKUPS 8
#define CUSTOM "1.3.6.1.4.1.55555.9"
#define PAST 1500000000
#define FUTURE 4000000000

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

/* ---- CRLs ---- */

struct crl_spec {
	const struct certs_cert *by, *signer; /* NULL: by */
	const struct certs_cert *revoked;
	int64_t from, to;      /* 0: an ordinary life, -1: no end */
	bool bad_from, bad_to; /* no dates at all */
	bool critical;
};

static const char *
crl_pem(const struct crl_spec *spec, char *pem, size_t room)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *time =
	    ASN1_TIME_set(NULL, (time_t)(spec->from != 0 ? spec->from : PAST));
	X509_REVOKED *entry;
	BIO *bio = BIO_new(BIO_s_mem());
	const struct certs_cert *signer =
	    spec->signer != NULL ? spec->signer : spec->by;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(spec->by->x509));
	ck_assert(!spec->bad_from || ASN1_STRING_set(time, "yesterday", -1));
	X509_CRL_set1_lastUpdate(crl, time);
	if (spec->to >= 0) {
		ASN1_TIME_set(
		    time, (time_t)(spec->to != 0 ? spec->to : FUTURE));
		ck_assert(
		    !spec->bad_to || ASN1_STRING_set(time, "tomorrow", -1));
		X509_CRL_set1_nextUpdate(crl, time);
	}
	if (spec->revoked != NULL) {
		entry = X509_REVOKED_new();
		X509_REVOKED_set_serialNumber(
		    entry, X509_get_serialNumber(spec->revoked->x509));
		ASN1_TIME_set(time, PAST);
		X509_REVOKED_set_revocationDate(entry, time);
		ck_assert_int_eq(X509_CRL_add0_revoked(crl, entry), 1);
	}
	if (spec->critical) {
		X509_EXTENSION *extension =
		    X509V3_EXT_nconf(NULL, NULL, CUSTOM, "critical,ASN1:NULL");

		ck_assert_ptr_nonnull(extension);
		ck_assert_int_eq(X509_CRL_add_ext(crl, extension, -1), 1);
		X509_EXTENSION_free(extension);
	}
	ck_assert_int_gt(X509_CRL_sign(crl, signer->key, EVP_sha256()), 0);
	ck_assert_int_eq(PEM_write_bio_X509_CRL(bio, crl), 1);
	memset(pem, 0, room);
	ck_assert_int_gt(BIO_read(bio, pem, (int)room - 1), 0);
	BIO_free(bio);
	ASN1_TIME_free(time);
	X509_CRL_free(crl);
	return pem;
}

static struct s2n_crl *
crl_make(const struct crl_spec *spec)
{
	char pem[4000];
	struct s2n_crl *crl = s2n_crl_new();

	crl_pem(spec, pem, sizeof pem);
	ck_assert_int_eq(s2n_crl_load_pem(crl, (uint8_t *)pem, strlen(pem)), 0);
	return crl;
}

START_TEST(a_crls_dates_are_told)
{
	static const struct {
		int64_t from, to;
		bool bad_from, bad_to;
		const char *active, *expired; /* NULL: fine */
	} cases[] = {
		{ 0, 0, false, false, NULL, NULL },
		{ FUTURE, 0, false, false, "S2N_ERR_CRL_NOT_YET_VALID", NULL },
		{ 0, PAST + 1, false, false, NULL, "S2N_ERR_CRL_EXPIRED" },
		{ 0, -1, false, false, NULL, NULL },
		{ 0, 0, true, false, "S2N_ERR_CRL_INVALID_THIS_UPDATE", NULL },
		{ 0, 0, false, true, NULL, "S2N_ERR_CRL_INVALID_NEXT_UPDATE" },
	};
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);
	struct s2n_crl *crl = crl_make(&(struct crl_spec){ .by = ca,
	    .from = cases[_i].from,
	    .to = cases[_i].to,
	    .bad_from = cases[_i].bad_from,
	    .bad_to = cases[_i].bad_to });
	uint64_t hash = 0;

	if (cases[_i].active == NULL)
		ck_assert_int_eq(s2n_crl_validate_active(crl), 0);
	else
		assert_error(s2n_crl_validate_active(crl), cases[_i].active);
	if (cases[_i].expired == NULL)
		ck_assert_int_eq(s2n_crl_validate_not_expired(crl), 0);
	else
		assert_error(
		    s2n_crl_validate_not_expired(crl), cases[_i].expired);
	ck_assert_int_eq(s2n_crl_get_issuer_hash(crl, &hash), 0);
	ck_assert_uint_eq(
	    hash, X509_NAME_hash(X509_get_subject_name(ca->x509)));
	ck_assert_int_eq(s2n_crl_free(&crl), 0);
	ck_assert_ptr_null(crl);
	certs_free_all();
}
END_TEST

START_TEST(a_crl_is_loaded_once_and_from_nothing_else)
{
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);
	struct s2n_crl *crl = s2n_crl_new();
	char pem[4000];
	uint64_t hash;

	assert_error(s2n_crl_load_pem(
			 crl, (uint8_t *)(uintptr_t)ca->pem, strlen(ca->pem)),
	    "S2N_ERR_INVALID_PEM");
	crl_pem(&(struct crl_spec){ .by = ca }, pem, sizeof pem);
	assert_error(
	    s2n_crl_load_pem(crl, (uint8_t *)pem, 60), "S2N_ERR_INVALID_PEM");
	ck_assert_int_ne(s2n_crl_get_issuer_hash(crl, &hash), 0);
	ck_assert_int_ne(s2n_crl_validate_active(crl), 0);
	ck_assert_int_ne(s2n_crl_validate_not_expired(crl), 0);
	ck_assert_int_eq(s2n_crl_load_pem(crl, (uint8_t *)pem, strlen(pem)), 0);
	assert_error(s2n_crl_load_pem(crl, (uint8_t *)pem, strlen(pem)),
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_ne(s2n_crl_load_pem(NULL, (uint8_t *)pem, 1), 0);
	ck_assert_int_ne(s2n_crl_load_pem(crl, NULL, 1), 0);
	ck_assert_int_ne(s2n_crl_get_issuer_hash(NULL, &hash), 0);
	ck_assert_int_ne(s2n_crl_get_issuer_hash(crl, NULL), 0);
	ck_assert_int_ne(s2n_crl_lookup_set(NULL, crl), 0);
	ck_assert_int_ne(s2n_crl_lookup_ignore(NULL), 0);
	ck_assert_int_ne(s2n_crl_lookup_get_cert_issuer_hash(NULL, &hash), 0);
	ck_assert_int_eq(s2n_crl_free(&crl), 0);
	ck_assert_int_eq(s2n_crl_free(&crl), 0);
	ck_assert_int_eq(s2n_crl_free(NULL), 0);
	certs_free_all();
}
END_TEST

/* ---- in a handshake: root, intermediate, leaf ---- */

static const struct certs_cert *root, *middle, *leaf;

static struct {
	bool later;
	int result;
	unsigned lookups, validations;
	struct s2n_crl_lookup *asked[LOOKUPS];
	struct s2n_cert_validation_info *info;
	struct s2n_crl *crls[2]; /* by middle, by root; NULL: ignored */
	bool reject;
} app;

static void
answer_lookup(struct s2n_crl_lookup *lookup)
{
	struct s2n_crl *found = NULL;
	uint64_t issuer, hash;

	ck_assert_int_eq(
	    s2n_crl_lookup_get_cert_issuer_hash(lookup, &issuer), 0);
	for (size_t i = 0; i < COUNT(app.crls); i++)
		if (app.crls[i] != NULL &&
		    s2n_crl_get_issuer_hash(app.crls[i], &hash) == 0 &&
		    hash == issuer)
			found = app.crls[i];
	ck_assert_int_eq(found == NULL ? s2n_crl_lookup_ignore(lookup)
				       : s2n_crl_lookup_set(lookup, found),
	    0);
}

static int
on_lookup(struct s2n_crl_lookup *lookup, void *context)
{
	ck_assert_ptr_eq(context, &app);
	ck_assert_uint_lt(app.lookups, LOOKUPS);
	app.asked[app.lookups++] = lookup;
	if (!app.later && app.result == 0)
		answer_lookup(lookup);
	return app.result;
}

static int
say(struct s2n_cert_validation_info *info)
{
	return app.reject ? s2n_cert_validation_reject(info)
			  : s2n_cert_validation_accept(info);
}

static int
on_validation(struct s2n_connection *conn,
    struct s2n_cert_validation_info *info, void *context)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_ptr_eq(context, &app);
	ck_assert_int_eq(s2n_connection_get_peer_cert_chain(conn, chain), 0);
	s2n_cert_chain_and_key_free(chain);
	app.info = info;
	app.validations++;
	if (!app.later && app.result == 0)
		ck_assert_int_eq(say(info), 0);
	return app.result;
}

/* The leaf's extension is critical where one is named. */
static void
open_below(struct peers *peers, bool slow, const char *extension,
    const struct certs_spec *middle_spec)
{
	struct certs_spec spec = *middle_spec;
	const char *pem;

	memset(&app, 0, sizeof app);
	peers_open(peers, &(struct peers_spec){ .slow = slow });
	root = MAKE(.name = "root", .ca = true, .key_number = 2);
	spec.name = "middle";
	spec.ca = true;
	spec.issuer = root;
	spec.key_number = 3;
	middle = certs_make(&spec);
	leaf = MAKE(.name = "localhost", .issuer = middle,
	    .extensions = { { extension, "critical,ASN1:NULL" } });
	s2n_config_free(peers->server_config);
	peers->server_config = s2n_config_new_minimal();
	pem = certs_join(leaf->pem, middle->pem);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key(
			     peers->server_config, pem, leaf->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_set_cipher_preferences(
			     peers->server_config, "default_tls13"),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers->client_config, root->pem),
	    0);
	peers_reconnect(peers);
}

static void
open_chain(struct peers *peers, bool slow, const char *extension)
{
	open_below(peers, slow, extension, &(struct certs_spec){ 0 });
}

static void
check_crls(struct peers *peers, const struct crl_spec *first,
    const struct crl_spec *second)
{
	app.crls[0] = first == NULL ? NULL : crl_make(first);
	app.crls[1] = second == NULL ? NULL : crl_make(second);
	ck_assert_int_eq(
	    s2n_config_set_crl_lookup_cb(peers->client_config, on_lookup, &app),
	    0);
}

static void
done(struct peers *peers)
{
	s2n_crl_free(&app.crls[0]);
	s2n_crl_free(&app.crls[1]);
	peers_close(peers);
}

/* Turns both until the client waits for the application, or fails the test. */
static void
wait_for_application(struct peers *peers)
{
	s2n_blocked_status blocked;

	for (int i = 0; i < 100000; i++) {
		s2n_negotiate(peers->server, &blocked);
		ck_assert_int_ne(s2n_negotiate(peers->client, &blocked), 0);
		if (blocked == S2N_BLOCKED_ON_APPLICATION_INPUT)
			break;
	}
	for (int i = 0; i < 3; i++) {
		assert_error(s2n_negotiate(peers->client, &blocked),
		    "S2N_ERR_ASYNC_BLOCKED");
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_APPLICATION_INPUT);
	}
	/* So that an alert leaves in the call that fails. */
	peers->to_server.step = 0;
	peers->to_server.hiccup = false;
}

static void
assert_refused(struct peers *peers, const char *error, int alert)
{
	ck_assert(!peers_negotiate(peers));
	ck_assert_str_eq(s2n_strerror_name(peers->client_error), error);
	ck_assert_int_eq(s2n_connection_get_alert(peers->server), alert);
}

enum fault {
	FINE,
	LEAF_REVOKED,
	MIDDLE_REVOKED,
	NO_LEAF_CRL,
	NO_MIDDLE_CRL,
	FORGED,
	CRITICAL,
	OLD,
	EARLY,
	FAULTS
};

static void
prepare(struct peers *peers, enum fault fault)
{
	struct crl_spec first = { .by = middle }, second = { .by = root };

	if (fault == LEAF_REVOKED)
		first.revoked = leaf;
	if (fault == MIDDLE_REVOKED)
		second.revoked = middle;
	if (fault == FORGED)
		first.signer = root;
	first.critical = fault == CRITICAL;
	if (fault == OLD)
		first.to = PAST + 1;
	if (fault == EARLY)
		first.from = FUTURE;
	check_crls(peers, fault == NO_LEAF_CRL ? NULL : &first,
	    fault == NO_MIDDLE_CRL ? NULL : &second);
}

static const struct {
	const char *error; /* NULL: the handshake goes through */
	int alert;
} faults[FAULTS] = {
	[LEAF_REVOKED] = { "S2N_ERR_CERT_REVOKED", ALERT_CERTIFICATE_REVOKED },
	[MIDDLE_REVOKED] = { "S2N_ERR_CERT_REVOKED",
	    ALERT_CERTIFICATE_REVOKED },
	[NO_LEAF_CRL] = { "S2N_ERR_CRL_LOOKUP_FAILED",
	    ALERT_CERTIFICATE_UNKNOWN },
	[NO_MIDDLE_CRL] = { "S2N_ERR_CRL_LOOKUP_FAILED",
	    ALERT_CERTIFICATE_UNKNOWN },
	[FORGED] = { "S2N_ERR_CRL_SIGNATURE", ALERT_CERTIFICATE_UNKNOWN },
	[CRITICAL] = { "S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION",
	    ALERT_CERTIFICATE_UNKNOWN },
};

/* Each at once, and later under one byte at a time. */
START_TEST(a_chain_is_checked_against_the_crls)
{
	enum fault fault = (enum fault)(_i / 2);
	bool later = _i % 2 == 1;
	struct peers peers;

	open_chain(&peers, later, NULL);
	prepare(&peers, fault);
	app.later = later;
	if (later) {
		wait_for_application(&peers);
		ck_assert_uint_eq(app.lookups, 2);
		answer_lookup(app.asked[0]);
		wait_for_application(&peers);
		answer_lookup(app.asked[1]);
		/* Answered with is enough: they may go. */
		s2n_crl_free(&app.crls[0]);
		s2n_crl_free(&app.crls[1]);
	}
	if (faults[fault].error == NULL)
		ck_assert(peers_negotiate(&peers));
	else
		assert_refused(
		    &peers, faults[fault].error, faults[fault].alert);
	ck_assert_uint_eq(app.lookups, 2);
	done(&peers);
}
END_TEST

/* RFC 5280 4.2.1.3: cRLSign */
START_TEST(an_issuer_has_to_be_allowed_to_sign_crls)
{
	const struct certs_spec spec = { .bare = true,
		.extensions = { { "basicConstraints", "critical,CA:TRUE" },
		    { "keyUsage", "critical,keyCertSign" },
		    { "subjectKeyIdentifier", "hash" } } };
	struct peers peers;

	open_below(&peers, false, NULL, &spec);
	prepare(&peers, FINE);
	assert_refused(&peers, "S2N_ERR_CRL_ISSUER", ALERT_CERTIFICATE_UNKNOWN);
	done(&peers);
}
END_TEST

/* RFC 5280 6.1: nobody revokes an anchor, so no CRL is needed for it. */
START_TEST(an_anchor_needs_no_crl)
{
	struct crl_spec first = { 0 };
	struct peers peers;

	open_chain(&peers, false, NULL);
	first.by = middle;
	check_crls(&peers, &first, NULL);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers.client_config, middle->pem),
	    0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(app.lookups, 2);
	done(&peers);
}
END_TEST

/* A server asks about the client's certificate, in TLS 1.3 and 1.2. */
START_TEST(a_client_is_checked_too)
{
	static const struct peers_spec specs[] = {
		{ .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true },
		{ .client_auth = S2N_CERT_AUTH_REQUIRED,
		    .client_cert = true,
		    .version = S2N_TLS12,
		    .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
	};
	struct peers peers;

	memset(&app, 0, sizeof app);
	peers_open(&peers, &specs[_i]);
	ck_assert_int_eq(
	    s2n_config_set_crl_lookup_cb(peers.server_config, on_lookup, &app),
	    0);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_CRL_LOOKUP_FAILED");
	ck_assert_uint_eq(app.lookups, 1);

	memset(&app, 0, sizeof app);
	ck_assert_int_eq(
	    s2n_config_set_crl_lookup_cb(peers.server_config, NULL, NULL), 0);
	ck_assert_int_eq(s2n_config_set_cert_validation_cb(
			     peers.server_config, on_validation, &app),
	    0);
	peers_reconnect(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(app.validations, 1);

	app.reject = true;
	peers_reconnect(&peers);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_CERT_REJECTED");
	done(&peers);
}
END_TEST

START_TEST(a_failing_callback_ends_the_handshake)
{
	struct peers peers;

	open_chain(&peers, false, NULL);
	if (_i == 0)
		check_crls(&peers, NULL, NULL);
	else
		ck_assert_int_eq(s2n_config_set_cert_validation_cb(
				     peers.client_config, on_validation, &app),
		    0);
	app.result = -1;
	assert_refused(&peers, "S2N_ERR_CANCELLED", ALERT_HANDSHAKE_FAILURE);
	ck_assert_uint_eq(app.lookups + app.validations, 1);
	done(&peers);
}
END_TEST

START_TEST(the_application_has_the_last_word)
{
	bool later = _i % 2 == 1;
	struct peers peers;

	open_chain(&peers, later, NULL);
	ck_assert_int_eq(s2n_config_set_cert_validation_cb(
			     peers.client_config, on_validation, &app),
	    0);
	/* The built-in checks may be off: it is asked all the same. */
	if (_i >= 4)
		ck_assert_int_eq(
		    s2n_config_disable_x509_verification(peers.client_config),
		    0);
	app.later = later;
	app.reject = (_i & 2) != 0;
	if (later) {
		wait_for_application(&peers);
		ck_assert_int_eq(say(app.info), 0);
	}
	if (app.reject)
		assert_refused(
		    &peers, "S2N_ERR_CERT_REJECTED", ALERT_ACCESS_DENIED);
	else
		ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(app.validations, 1);
	assert_error(
	    s2n_cert_validation_accept(app.info), "S2N_ERR_INVALID_STATE");
	assert_error(
	    s2n_cert_validation_reject(app.info), "S2N_ERR_INVALID_STATE");
	done(&peers);
}
END_TEST

START_TEST(the_application_is_not_asked_about_a_bad_chain)
{
	struct peers peers;

	open_chain(&peers, false, NULL);
	ck_assert_int_eq(s2n_config_set_cert_validation_cb(
			     peers.client_config, on_validation, &app),
	    0);
	ck_assert_int_eq(s2n_config_wipe_trust_store(peers.client_config), 0);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_CERT_UNTRUSTED");
	ck_assert_uint_eq(app.validations, 0);
	done(&peers);
}
END_TEST

START_TEST(a_custom_extension_may_be_critical)
{
	static const struct {
		const char *declared; /* NULL: nothing */
		bool accepted;
	} cases[] = { { NULL, false }, { CUSTOM, true },
		{ CUSTOM ".1", false } };
	char oid[64] = "";
	struct peers peers;

	open_chain(&peers, false, CUSTOM);
	if (cases[_i].declared != NULL) {
		strcpy(oid, cases[_i].declared);
		ck_assert_int_eq(
		    s2n_config_add_custom_x509_extension(peers.client_config,
			(uint8_t *)oid, (uint32_t)strlen(oid)),
		    0);
	}
	if (cases[_i].accepted)
		ck_assert(peers_negotiate(&peers));
	else
		assert_refused(&peers,
		    "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION",
		    ALERT_UNSUPPORTED_CERTIFICATE);
	done(&peers);
}
END_TEST

START_TEST(wrong_uses_are_refused)
{
	struct s2n_config *config = s2n_config_new_minimal();
	char oid[] = CUSTOM, name[] = "basicConstraints";

	ck_assert_int_ne(
	    s2n_config_set_crl_lookup_cb(NULL, on_lookup, NULL), 0);
	ck_assert_int_ne(
	    s2n_config_set_cert_validation_cb(NULL, on_validation, NULL), 0);
	ck_assert_int_ne(s2n_cert_validation_accept(NULL), 0);
	ck_assert_int_ne(s2n_cert_validation_reject(NULL), 0);
	ck_assert_int_ne(s2n_config_add_custom_x509_extension(
			     NULL, (uint8_t *)oid, sizeof oid - 1),
	    0);
	ck_assert_int_ne(
	    s2n_config_add_custom_x509_extension(config, NULL, 3), 0);
	assert_error(
	    s2n_config_add_custom_x509_extension(config, (uint8_t *)oid, 0),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_config_add_custom_x509_extension(
			 config, (uint8_t *)oid, sizeof oid),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_config_add_custom_x509_extension(
			 config, (uint8_t *)name, sizeof name - 1),
	    "S2N_ERR_INVALID_ARGUMENT");
	s2n_config_free(config);
}
END_TEST

static Suite *
crl_suite(void)
{
	Suite *suite = suite_create("crl");
	TCase *tcase = tcase_create("crl");

	with_library(tcase);
	tcase_add_loop_test(tcase, a_crls_dates_are_told, 0, 6);
	tcase_add_test(tcase, a_crl_is_loaded_once_and_from_nothing_else);
	tcase_add_loop_test(
	    tcase, a_chain_is_checked_against_the_crls, 0, 2 * FAULTS);
	tcase_add_test(tcase, an_issuer_has_to_be_allowed_to_sign_crls);
	tcase_add_test(tcase, an_anchor_needs_no_crl);
	tcase_add_loop_test(tcase, a_client_is_checked_too, 0, 2);
	tcase_add_loop_test(tcase, a_failing_callback_ends_the_handshake, 0, 2);
	tcase_add_loop_test(tcase, the_application_has_the_last_word, 0, 8);
	tcase_add_test(tcase, the_application_is_not_asked_about_a_bad_chain);
	tcase_add_loop_test(tcase, a_custom_extension_may_be_critical, 0, 3);
	tcase_add_test(tcase, wrong_uses_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(crl_suite)
