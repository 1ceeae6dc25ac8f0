/*
 * libtls/config.c: what a config allows in a peer's certificate beyond the
 * ordinary, and the chain that it owns.
 */
#include "libtls/cert/select.h"
#include "libtls/registry/iana.h"
#include "libtls/state/config.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/allow_ip_in_cn.h"

#define ALERT_BAD_CERTIFICATE 42
#define ALERT_UNSUPPORTED_CERTIFICATE 43
#define ADDRESS "192.0.2.7"

static int
the_day_after(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	*nanoseconds = (uint64_t)(CERTS_NOW + CERTS_DAY) * 1000000000u;
	return 0;
}

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

START_TEST(dates_can_be_left_out)
{
	struct peers peers;

	open_with(&peers,
	    (struct certs_spec){ .name = "localhost", .to = CERTS_NOW });
	peers_reconnect(&peers);
	ck_assert_int_eq(
	    s2n_config_set_wall_clock(peers.client_config, the_day_after, NULL),
	    0);
	if (_i == 0) {
		assert_refused(&peers, "S2N_ERR_CERT_EXPIRED", 45);
	} else {
		ck_assert_int_eq(s2n_config_disable_x509_time_verification(
				     peers.client_config),
		    0);
		ck_assert(peers_negotiate(&peers));
	}
	ck_assert_int_ne(s2n_config_disable_x509_time_verification(NULL), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(the_defaults_can_be_replaced)
{
	const struct certs_cert *certs[] = {
		certs_make(&(struct certs_spec){ .name = "a.test" }),
		certs_make(&(struct certs_spec){ .name = "b.test" }),
		certs_make(
		    &(struct certs_spec){ .name = "c.test", .key = CERTS_RSA }),
	};
	struct s2n_cert_chain_and_key *chains[COUNT(certs)];
	struct s2n_config *config = s2n_config_new_minimal();
	struct cert_choice choice;

	for (size_t i = 0; i < COUNT(certs); i++) {
		chains[i] = s2n_cert_chain_and_key_new();
		ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(chains[i],
				     certs[i]->pem, certs[i]->key_pem),
		    0);
		ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
				     config, chains[i]),
		    0);
	}
	cert_store_choose(config->certs, NO_BYTES, &choice);
	ck_assert_ptr_eq(choice.chain[KEY_ECDSA], chains[0]);
	ck_assert_int_eq(
	    s2n_config_set_cert_chain_and_key_defaults(config, chains + 1, 2),
	    0);
	cert_store_choose(config->certs, NO_BYTES, &choice);
	ck_assert_ptr_eq(choice.chain[KEY_ECDSA], chains[1]);
	ck_assert_ptr_eq(choice.chain[KEY_RSA], chains[2]);
	/* Two of a kind, and none. */
	ck_assert_int_ne(
	    s2n_config_set_cert_chain_and_key_defaults(config, chains, 2), 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno),
	    "S2N_ERR_MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE");
	ck_assert_int_ne(
	    s2n_config_set_cert_chain_and_key_defaults(config, chains, 0), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_NUM_DEFAULT_CERTIFICATES");
	s2n_config_free(config);
	for (size_t i = 0; i < COUNT(certs); i++)
		s2n_cert_chain_and_key_free(chains[i]);
	certs_free_all();
}
END_TEST

START_TEST(a_new_config_trusts_what_the_system_trusts)
{
	struct s2n_config *config = s2n_config_new(),
			  *minimal = s2n_config_new_minimal();

	/* That can be loaded once. */
	ck_assert_int_ne(s2n_config_load_system_certs(config), 0);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_X509_TRUST_STORE");
	ck_assert_int_eq(s2n_config_load_system_certs(minimal), 0);
	s2n_config_free(config);
	s2n_config_free(minimal);
}
END_TEST

START_TEST(diffie_hellman_parameters_can_be_forgotten)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ .version = S2N_TLS12,
			       .suite = TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
			       .key = CERTS_RSA });
	if (_i == 1)
		ck_assert_int_eq(
		    s2n_config_free_dhparams(peers.server_config), 0);
	ck_assert(peers_negotiate(&peers) == (_i == 0));
	/* Once more is fine. */
	if (_i == 1)
		ck_assert_int_eq(
		    s2n_config_free_dhparams(peers.server_config), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_pointer_is_kept)
{
	struct s2n_config *config = s2n_config_new_minimal();
	void *got = config;

	ck_assert_int_eq(s2n_config_get_ctx(config, &got), 0);
	ck_assert_ptr_null(got);
	ck_assert_int_eq(s2n_config_set_ctx(config, &got), 0);
	ck_assert_int_eq(s2n_config_get_ctx(config, &got), 0);
	ck_assert_ptr_eq(got, &got);
	ck_assert_int_ne(s2n_config_get_ctx(config, NULL), 0);
	ck_assert_int_ne(s2n_config_set_ctx(NULL, NULL), 0);
	s2n_config_free(config);
}
END_TEST

static Suite *
config_suite(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, an_address_in_a_common_name_counts_where_allowed, 0, 2);
	tcase_add_test(tcase, another_address_stays_refused);
	tcase_add_loop_test(
	    tcase, what_a_certificate_is_for_can_be_left_out, 0, 2);
	tcase_add_test(tcase, a_chain_of_the_configs_own_can_be_freed);
	tcase_add_test(tcase, a_chain_of_the_applications_stays);
	tcase_add_loop_test(tcase, dates_can_be_left_out, 0, 2);
	tcase_add_test(tcase, the_defaults_can_be_replaced);
	tcase_add_test(tcase, a_new_config_trusts_what_the_system_trusts);
	tcase_add_loop_test(
	    tcase, diffie_hellman_parameters_can_be_forgotten, 0, 2);
	tcase_add_test(tcase, a_pointer_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(config_suite)
