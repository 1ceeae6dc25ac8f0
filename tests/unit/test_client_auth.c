/*
 * libtls/client_auth.c: what a server learns of the client's certificate, and
 * what a config says about it.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

START_TEST(the_mode_is_the_connections_or_the_configs_or_the_roles)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn =
	    s2n_connection_new(_i == 0 ? S2N_SERVER : S2N_CLIENT);
	s2n_cert_auth_type type = S2N_CERT_AUTH_REQUIRED;

	ck_assert_int_eq(s2n_connection_set_config(conn, config), 0);
	ck_assert_int_eq(s2n_config_get_client_auth_type(config, &type), 0);
	ck_assert_int_eq(type, S2N_CERT_AUTH_NONE);
	ck_assert_int_eq(s2n_connection_get_client_auth_type(conn, &type), 0);
	ck_assert_int_eq(
	    type, _i == 0 ? S2N_CERT_AUTH_NONE : S2N_CERT_AUTH_OPTIONAL);
	ck_assert_int_eq(
	    s2n_config_set_client_auth_type(config, S2N_CERT_AUTH_REQUIRED), 0);
	ck_assert_int_eq(s2n_config_get_client_auth_type(config, &type), 0);
	ck_assert_int_eq(type, S2N_CERT_AUTH_REQUIRED);
	ck_assert_int_eq(
	    s2n_connection_set_client_auth_type(conn, S2N_CERT_AUTH_NONE), 0);
	ck_assert_int_eq(s2n_connection_get_client_auth_type(conn, &type), 0);
	ck_assert_int_eq(type, S2N_CERT_AUTH_NONE);

	ck_assert_int_ne(s2n_config_get_client_auth_type(NULL, &type), 0);
	ck_assert_int_ne(s2n_config_get_client_auth_type(config, NULL), 0);
	ck_assert_int_ne(s2n_connection_get_client_auth_type(NULL, &type), 0);
	ck_assert_int_ne(s2n_connection_get_client_auth_type(conn, NULL), 0);
	s2n_connection_free(conn);
	s2n_config_free(config);
}
END_TEST

/* TLS 1.3, 1.2, 1.1: the list looks the same, the schemes differ. */
static const struct {
	struct peers_spec spec;
	s2n_tls_signature_algorithm algorithm;
	s2n_tls_hash_algorithm hash;
} versions[] = {
	{ { .client_cert = true, .client_auth = S2N_CERT_AUTH_REQUIRED },
	    S2N_TLS_SIGNATURE_ECDSA, S2N_TLS_HASH_SHA256 },
	{ { .client_cert = true,
	      .client_auth = S2N_CERT_AUTH_OPTIONAL,
	      .key = CERTS_RSA,
	      .version = S2N_TLS12,
	      .suite = TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 },
	    S2N_TLS_SIGNATURE_RSA_PSS_RSAE, S2N_TLS_HASH_SHA256 },
	{ { .client_cert = true,
	      .client_auth = S2N_CERT_AUTH_REQUIRED,
	      .version = S2N_TLS11,
	      .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA },
	    S2N_TLS_SIGNATURE_ECDSA, S2N_TLS_HASH_SHA1 },
};

START_TEST(a_server_has_the_clients_chain_and_how_it_signed)
{
	s2n_tls_signature_algorithm algorithm;
	s2n_tls_hash_algorithm hash;
	struct peers peers;
	const struct s2n_cert *leaf;
	uint8_t *list = NULL, *again = NULL;
	uint32_t len = 0;

	peers_open(&peers, &versions[_i].spec);
	assert_error(
	    s2n_connection_get_client_cert_chain(peers.server, &list, &len),
	    "S2N_ERR_NO_CERT_FOUND");
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_client_cert_chain(peers.server, &list, &len), 0);
	leaf = &peers.client_chain->certs[0];
	ck_assert_uint_eq(peers.client_chain->count, 1);
	ck_assert_uint_eq(len, leaf->len + 3);
	ck_assert_uint_eq(list[0] << 16 | list[1] << 8 | list[2], leaf->len);
	ck_assert_mem_eq(list + 3, leaf->der, leaf->len);
	ck_assert_int_eq(
	    s2n_connection_get_client_cert_chain(peers.server, &again, &len),
	    0);
	ck_assert_ptr_eq(list, again);
	assert_error(
	    s2n_connection_get_client_cert_chain(peers.client, &list, &len),
	    "S2N_ERR_CLIENT_MODE");
	ck_assert_int_eq(
	    s2n_connection_get_selected_client_cert_signature_algorithm(
		peers.server, &algorithm),
	    0);
	ck_assert_int_eq(
	    s2n_connection_get_selected_client_cert_digest_algorithm(
		peers.server, &hash),
	    0);
	ck_assert_int_eq(algorithm, versions[_i].algorithm);
	ck_assert_int_eq(hash, versions[_i].hash);
	peers_close(&peers);
}
END_TEST

START_TEST(without_a_client_certificate_there_is_nothing)
{
	s2n_tls_signature_algorithm algorithm = S2N_TLS_SIGNATURE_RSA;
	s2n_tls_hash_algorithm hash = S2N_TLS_HASH_MD5;
	struct peers peers;
	uint8_t *list;
	uint32_t len;

	peers_open(&peers,
	    &(struct peers_spec){ .client_auth = S2N_CERT_AUTH_OPTIONAL });
	ck_assert(peers_negotiate(&peers));
	assert_error(
	    s2n_connection_get_client_cert_chain(peers.server, &list, &len),
	    "S2N_ERR_NO_CERT_FOUND");
	ck_assert_int_eq(
	    s2n_connection_get_selected_client_cert_signature_algorithm(
		peers.server, &algorithm),
	    0);
	ck_assert_int_eq(
	    s2n_connection_get_selected_client_cert_digest_algorithm(
		peers.server, &hash),
	    0);
	ck_assert_int_eq(algorithm, S2N_TLS_SIGNATURE_ANONYMOUS);
	ck_assert_int_eq(hash, S2N_TLS_HASH_NONE);

	ck_assert_int_ne(
	    s2n_connection_get_client_cert_chain(NULL, &list, &len), 0);
	ck_assert_int_ne(
	    s2n_connection_get_client_cert_chain(peers.server, NULL, &len), 0);
	ck_assert_int_ne(
	    s2n_connection_get_client_cert_chain(peers.server, &list, NULL), 0);
	ck_assert_int_ne(
	    s2n_connection_get_selected_client_cert_signature_algorithm(
		NULL, &algorithm),
	    0);
	ck_assert_int_ne(
	    s2n_connection_get_selected_client_cert_signature_algorithm(
		peers.server, NULL),
	    0);
	ck_assert_int_ne(
	    s2n_connection_get_selected_client_cert_digest_algorithm(
		NULL, &hash),
	    0);
	ck_assert_int_ne(
	    s2n_connection_get_selected_client_cert_digest_algorithm(
		peers.server, NULL),
	    0);
	peers_close(&peers);
}
END_TEST

/* The CertificateRequest as the server built it. */
static uint8_t types[4];
static size_t type_count;

static void
note_types(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	(void)conn;
	(void)ctx;
	if (step->message != CERTIFICATE_REQUEST)
		return;
	type_count = out->data[start];
	ck_assert_uint_le(type_count, sizeof types);
	memcpy(types, out->data + start + 1, type_count);
}

START_TEST(dss_is_asked_for_only_where_that_is_wanted)
{
	static const uint8_t with[] = { 1, 2, 64 }, without[] = { 1, 64 };
	const struct detour detour = { .built = note_types };
	struct peers peers;

	peers_open(&peers, &versions[1].spec);
	if (_i == 1)
		ck_assert_int_eq(s2n_config_enable_cert_req_dss_legacy_compat(
				     peers.server_config),
		    0);
	detour_take(peers.server, &detour);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(type_count, _i == 1 ? 3 : 2);
	ck_assert_mem_eq(types, _i == 1 ? with : without, type_count);
	ck_assert_int_ne(s2n_config_enable_cert_req_dss_legacy_compat(NULL), 0);
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
client_auth_suite(void)
{
	Suite *suite = suite_create("client_auth");
	TCase *tcase = tcase_create("client_auth");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    the_mode_is_the_connections_or_the_configs_or_the_roles, 0, 2);
	tcase_add_loop_test(tcase,
	    a_server_has_the_clients_chain_and_how_it_signed, 0,
	    (int)COUNT(versions));
	tcase_add_test(tcase, without_a_client_certificate_there_is_nothing);
	tcase_add_loop_test(
	    tcase, dss_is_asked_for_only_where_that_is_wanted, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(client_auth_suite)
