/*
 * libtls/config.c: what a config allows in a peer's certificate beyond the
 * ordinary, and the chain that it owns.
 */
#include "libtls/cert/select.h"
#include "libtls/state/config.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "unstable/allow_ip_in_cn.h"

#define ALERT_BAD_CERTIFICATE 42
#define ALERT_UNSUPPORTED_CERTIFICATE 43
#define ADDRESS "192.0.2.7"

/* A pair whose server has another leaf than usual. */
static void
open_with(struct peers *peers, struct certs_spec spec)
{
	const struct certs_cert *ca =
	    certs_make(&(struct certs_spec){ .name = "other CA", .ca = true });
	const struct certs_cert *leaf;

	peers_open(peers, &(struct peers_spec){ 0 });
	spec.issuer = ca;
	leaf = certs_make(&spec);
	s2n_config_free(peers->server_config);
	peers->server_config = s2n_config_new_minimal();
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key(
			     peers->server_config, leaf->pem, leaf->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_set_cipher_preferences(
			     peers->server_config, "default_tls13"),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers->client_config, ca->pem),
	    0);
}

static void
assert_refused(struct peers *peers, const char *error, int alert)
{
	ck_assert(!peers_negotiate(peers));
	ck_assert_str_eq(s2n_strerror_name(peers->client_error), error);
	ck_assert_int_eq(s2n_connection_get_alert(peers->server), alert);
}

START_TEST(an_address_in_a_common_name_counts_where_allowed)
{
	struct peers peers;

	open_with(&peers, (struct certs_spec){ .name = ADDRESS, .sans = "" });
	peers_reconnect(&peers);
	ck_assert_int_eq(s2n_set_server_name(peers.client, ADDRESS), 0);
	if (_i == 0) {
		assert_refused(&peers, "S2N_ERR_CERT_INVALID_HOSTNAME",
		    ALERT_BAD_CERTIFICATE);
	} else {
		ck_assert_int_eq(
		    s2n_config_allow_ip_in_cn(peers.client_config), 0);
		ck_assert(peers_negotiate(&peers));
	}
	ck_assert_int_ne(s2n_config_allow_ip_in_cn(NULL), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(another_address_stays_refused)
{
	struct peers peers;

	open_with(
	    &peers, (struct certs_spec){ .name = "192.0.2.8", .sans = "" });
	peers_reconnect(&peers);
	ck_assert_int_eq(s2n_set_server_name(peers.client, ADDRESS), 0);
	ck_assert_int_eq(s2n_config_allow_ip_in_cn(peers.client_config), 0);
	assert_refused(
	    &peers, "S2N_ERR_CERT_INVALID_HOSTNAME", ALERT_BAD_CERTIFICATE);
	peers_close(&peers);
}
END_TEST

START_TEST(what_a_certificate_is_for_can_be_left_out)
{
	struct peers peers;

	open_with(&peers,
	    (struct certs_spec){ .name = "localhost",
		.extensions = { { "extendedKeyUsage", "clientAuth" } } });
	peers_reconnect(&peers);
	if (_i == 0) {
		assert_refused(&peers, "S2N_ERR_CERT_INTENT_INVALID",
		    ALERT_UNSUPPORTED_CERTIFICATE);
	} else {
		ck_assert_int_eq(s2n_config_disable_x509_intent_verification(
				     peers.client_config),
		    0);
		ck_assert(peers_negotiate(&peers));
	}
	ck_assert_int_ne(s2n_config_disable_x509_intent_verification(NULL), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_chain_of_the_configs_own_can_be_freed)
{
	const struct certs_cert *cert =
	    certs_make(&(struct certs_spec){ .name = "a.test" });
	struct s2n_config *config = s2n_config_new_minimal();

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(s2n_config_add_cert_chain_and_key(
				     config, cert->pem, cert->key_pem),
		    0);
		ck_assert_uint_eq(cert_store_count(config->certs), 1);
		ck_assert_int_ne(s2n_config_add_cert_chain_and_key(
				     config, cert->pem, cert->key_pem),
		    0);
		ck_assert_int_eq(s2n_config_free_cert_chain_and_key(config), 0);
		ck_assert_uint_eq(cert_store_count(config->certs), 0);
		ck_assert_uint_eq(cert_store_default_count(config->certs), 0);
	}
	ck_assert_int_ne(s2n_config_free_cert_chain_and_key(NULL), 0);
	s2n_config_free(config);
	certs_free_all();
}
END_TEST

START_TEST(a_chain_of_the_applications_stays)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(
	    s2n_config_free_cert_chain_and_key(peers.server_config), 0);
	ck_assert(peers_negotiate(&peers));
	peers_close(&peers);
}
END_TEST

static void
setup(void)
{
	ck_assert_int_eq(s2n_init(), 0);
}

static void
teardown(void)
{
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

static Suite *
config_suite(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, an_address_in_a_common_name_counts_where_allowed, 0, 2);
	tcase_add_test(tcase, another_address_stays_refused);
	tcase_add_loop_test(
	    tcase, what_a_certificate_is_for_can_be_left_out, 0, 2);
	tcase_add_test(tcase, a_chain_of_the_configs_own_can_be_freed);
	tcase_add_test(tcase, a_chain_of_the_applications_stays);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(config_suite)
