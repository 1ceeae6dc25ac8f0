/*
 * libtls/client_auth.c: what a server learns of the client's certificate, and
 * what a config says about it.
 */
#include "libtls/handshake/message.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

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

/* ---- the names in a client's certificate ---- */

struct asked {
	char names[100]; /* each followed by a blank */
	uint8_t answer;
};

static uint8_t
note_name(const char *name, size_t len, void *ctx)
{
	struct asked *asked = ctx;

	ck_assert_uint_lt(strlen(asked->names) + len + 1, sizeof asked->names);
	strncat(asked->names, name, len);
	strcat(asked->names, " ");
	return asked->answer;
}

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })

/* In place of the pair's client certificate one of the same CA. */
static void
give_client(struct peers *peers, const char *name, const char *sans)
{
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);
	const struct certs_cert *leaf =
	    MAKE(.name = name, .sans = sans, .issuer = ca);

	peers->client_chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(peers->client_chain,
			     certs_chain_pem(leaf), leaf->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     peers->client_config, peers->client_chain),
	    0);
}

/* The client asks for localhost. */
static const struct {
	const char *what, *name, *sans, *asked;
	bool built_in; /* what the check says that a server has without a
			  callback: its own name is no client's */
} claims[] = {
	{ "a DNS name", "cn", "DNS:client.example", "client.example ", false },
	{ "two names", "cn", "DNS:a.example,DNS:b.example",
	    "a.example b.example ", false },
	{ "a URI", "cn", "URI:spiffe://example/a", "spiffe://example/a ",
	    false },
	{ "an address", "cn", "IP:192.0.2.1", "192.0.2.1 ", false },
	{ "a common name", "Alice", "", "Alice ", false },
	{ "a mail address", "Alice", "email:alice@example.com", " ", false },
	{ "no name", NULL, "", " ", false },
	{ "the server's name", "cn", "DNS:localhost", "localhost ", true },
};

START_TEST(a_server_asks_its_callback_about_the_clients_names)
{
	struct asked asked = { .answer = 1 };
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ .client_auth = S2N_CERT_AUTH_REQUIRED });
	give_client(&peers, claims[_i].name, claims[_i].sans);
	/* A name that is refused is not the last. */
	if (claims[_i].asked != NULL && strncmp(claims[_i].asked, "a.", 2) == 0)
		asked.answer = 0;
	if (_i % 2 == 0)
		s2n_config_set_verify_host_callback(
		    peers.server_config, note_name, &asked);
	else
		s2n_connection_set_verify_host_callback(
		    peers.server, note_name, &asked);
	ck_assert_msg(peers_negotiate(&peers) == (asked.answer == 1), "%s",
	    claims[_i].what);
	ck_assert_msg(strcmp(asked.names, claims[_i].asked) == 0,
	    "%s: asked about \"%s\"", claims[_i].what, asked.names);
	peers_close(&peers);
}
END_TEST

START_TEST(a_server_without_a_callback_refuses_other_names_than_its_own)
{
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ .client_auth = S2N_CERT_AUTH_REQUIRED });
	give_client(&peers, claims[_i].name, claims[_i].sans);
	s2n_config_set_verify_host_callback(peers.server_config, NULL, NULL);
	ck_assert_msg(peers_negotiate(&peers) == claims[_i].built_in, "%s",
	    claims[_i].what);
	if (!claims[_i].built_in) {
		ck_assert_str_eq(s2n_strerror_name(peers.server_error),
		    "S2N_ERR_CERT_INVALID_HOSTNAME");
		ck_assert_int_eq(
		    s2n_connection_client_cert_used(peers.server), 0);
	}
	peers_close(&peers);
}
END_TEST

START_TEST(a_refused_name_is_a_bad_certificate_to_the_client)
{
	struct asked asked = { .answer = 0 };
	struct peers_spec spec = versions[_i].spec;
	s2n_blocked_status blocked;
	struct peers peers;
	uint8_t byte;

	peers_open(&peers, &spec);
	s2n_config_set_verify_host_callback(
	    peers.server_config, note_name, &asked);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(s2n_strerror_name(peers.server_error),
	    "S2N_ERR_CERT_INVALID_HOSTNAME");
	/* In TLS 1.3 the client was done before. */
	(void)!s2n_recv(peers.client, &byte, 1, &blocked);
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_BAD_CERTIFICATE);
	peers_close(&peers);
}
END_TEST

/* ---- SSLv3: an alert instead of an empty Certificate (RFC 6101 5.6.6) ---- */

#define SSLV3                                                                  \
	.version = S2N_SSLv3, .suite = TLS_RSA_WITH_AES_128_CBC_SHA,           \
	.key = CERTS_RSA
#define ALERT_RECORD 21

static const uint8_t no_certificate[] = { 1, ALERT_NO_CERTIFICATE };

/* How often the bytes stand in what went through a pipe. */
static unsigned
count_in(const struct pipe *pipe, struct slice bytes)
{
	unsigned count = 0;

	for (size_t i = 0; i + bytes.len <= pipe->bytes.len; i++)
		count +=
		    memcmp(pipe->bytes.data + i, bytes.data, bytes.len) == 0;
	return count;
}

START_TEST(sslv3_clients_without_a_certificate_say_so_by_an_alert)
{
	static const uint8_t record[] = { ALERT_RECORD, 3, 0, 0, 2, 1,
		ALERT_NO_CERTIFICATE };
	struct peers peers;

	peers_open(&peers,
	    &(struct peers_spec){ SSLV3, .client_auth = S2N_CERT_AUTH_OPTIONAL,
		.slow = _i == 1, .pending_key = _i == 1 });
	ck_assert_msg(peers_negotiate(&peers), "%s",
	    s2n_strerror_debug(peers.server_error, NULL));
	ck_assert_uint_eq(
	    count_in(&peers.to_server, slice_of(record, sizeof record)), 1);
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 0);
	ck_assert_int_lt(s2n_connection_get_alert(peers.server), 0);
	ck_assert_ptr_nonnull(
	    strstr(s2n_connection_get_handshake_type_name(peers.server),
		"CLIENT_AUTH|NO_CLIENT_CERT"));
	peers_transfer(peers.client, peers.server, 100);
	peers_transfer(peers.server, peers.client, 100);
	peers_close(&peers);
}
END_TEST

START_TEST(sslv3_servers_that_need_a_certificate_do_not_go_on)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){
			       SSLV3, .client_auth = S2N_CERT_AUTH_REQUIRED });
	/* What else is a warning may be ignored; this is an answer. */
	if (_i == 1)
		ck_assert_int_eq(
		    s2n_config_set_alert_behavior(
			peers.server_config, S2N_ALERT_IGNORE_WARNINGS),
		    0);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(s2n_strerror_name(peers.server_error),
	    "S2N_ERR_MISSING_CLIENT_CERT");
	ck_assert_int_eq(
	    s2n_connection_get_alert(peers.client), ALERT_HANDSHAKE_FAILURE);
	peers_close(&peers);
}
END_TEST

#define CCT CERTIFICATE, S2N_CLIENT
#define CKX CLIENT_KEY_EXCHANGE, S2N_CLIENT
#define ONE BYTES(1, ALERT_NO_CERTIFICATE)
#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}

/* clang-format off */
static const struct {
	struct crook crook;
	struct peers_spec spec;
} answers[] = {
	{ { "none, and then one",          CCT, RECORD, ALERT_RECORD, ONE, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	    { SSLV3, .client_auth = S2N_CERT_AUTH_OPTIONAL, .client_cert = true } },
	{ { "none, where one must be",     CCT, RECORD, ALERT_RECORD, ONE, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	    { SSLV3, .client_auth = S2N_CERT_AUTH_REQUIRED, .client_cert = true } },
};
/* clang-format on */

START_TEST(a_client_answers_once)
{
	crooked_run_between(&answers[_i].crook, &answers[_i].spec);
}
END_TEST

static void
send_none(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	(void)ctx;
	if (step->message != CERTIFICATE)
		return;
	writer_truncate(out, start);
	writer_u24(out, 0);
	conn->hs->chain = NULL; /* so it signs nothing */
}

START_TEST(sslv3_servers_take_an_empty_list_too)
{
	const struct detour detour = { .built = send_none };
	struct peers peers;

	peers_open(
	    &peers, &(struct peers_spec){ SSLV3, .client_cert = true,
			.client_auth = _i == 0 ? S2N_CERT_AUTH_OPTIONAL
					       : S2N_CERT_AUTH_REQUIRED });
	detour_take(peers.client, &detour);
	ck_assert_int_eq(peers_negotiate(&peers), _i == 0);
	if (_i == 1)
		ck_assert_str_eq(s2n_strerror_name(peers.server_error),
		    "S2N_ERR_MISSING_CLIENT_CERT");
	peers_close(&peers);
}
END_TEST

/* Where it is no answer it is a warning like any other. */
static void
warn(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	const struct slice alert = slice_of(ctx, sizeof no_certificate);

	if (step->message == CLIENT_KEY_EXCHANGE ||
	    (step->message == CERTIFICATE && ctx != no_certificate)) {
		ck_assert_int_eq(message_flush(conn), 0);
		ck_assert_int_eq(record_write_slices(
				     &conn->records, CONTENT_ALERT, &alert, 1),
		    0);
	}
}

static const struct peers_spec elsewhere[] = {
	{ SSLV3 },
	{ SSLV3, .client_auth = S2N_CERT_AUTH_OPTIONAL, .client_cert = true },
	{ .version = S2N_TLS10,
	    .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
	    .key = CERTS_RSA,
	    .client_auth = S2N_CERT_AUTH_OPTIONAL },
};

START_TEST(elsewhere_no_certificate_is_an_ordinary_warning)
{
	struct detour detour = { .before = warn,
		.ctx = (void *)(uintptr_t)no_certificate };
	struct peers peers;

	peers_open(&peers, &elsewhere[_i / 2]);
	if (_i % 2 == 1)
		ck_assert_int_eq(
		    s2n_config_set_alert_behavior(
			peers.server_config, S2N_ALERT_IGNORE_WARNINGS),
		    0);
	detour_take(peers.client, &detour);
	ck_assert_int_eq(peers_negotiate(&peers), _i % 2 == 1);
	if (_i % 2 == 0)
		ck_assert_str_eq(
		    s2n_strerror_name(peers.server_error), "S2N_ERR_ALERT");
	peers_close(&peers);
}
END_TEST

START_TEST(a_fatal_no_certificate_ends_the_handshake)
{
	static const uint8_t fatal[] = { 2, ALERT_NO_CERTIFICATE };
	struct detour detour = { .before = warn,
		.ctx = (void *)(uintptr_t)fatal };
	struct peers peers;

	peers_open(&peers, &elsewhere[1]);
	detour_take(peers.client, &detour);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_ALERT");
	peers_close(&peers);
}
END_TEST

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

static Suite *
client_auth_suite(void)
{
	Suite *suite = suite_create("client_auth");
	TCase *tcase = tcase_create("client_auth");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(tcase,
	    the_mode_is_the_connections_or_the_configs_or_the_roles, 0, 2);
	tcase_add_loop_test(tcase,
	    a_server_has_the_clients_chain_and_how_it_signed, 0,
	    (int)COUNT(versions));
	tcase_add_test(tcase, without_a_client_certificate_there_is_nothing);
	tcase_add_loop_test(
	    tcase, dss_is_asked_for_only_where_that_is_wanted, 0, 2);
	tcase_add_loop_test(tcase,
	    a_server_asks_its_callback_about_the_clients_names, 0,
	    (int)COUNT(claims));
	tcase_add_loop_test(tcase,
	    a_server_without_a_callback_refuses_other_names_than_its_own, 0,
	    (int)COUNT(claims));
	tcase_add_loop_test(tcase,
	    a_refused_name_is_a_bad_certificate_to_the_client, 0,
	    (int)COUNT(versions));
	tcase_add_loop_test(tcase,
	    sslv3_clients_without_a_certificate_say_so_by_an_alert, 0, 2);
	tcase_add_loop_test(
	    tcase, sslv3_servers_that_need_a_certificate_do_not_go_on, 0, 2);
	tcase_add_loop_test(
	    tcase, a_client_answers_once, 0, (int)COUNT(answers));
	tcase_add_loop_test(tcase, sslv3_servers_take_an_empty_list_too, 0, 2);
	tcase_add_loop_test(tcase,
	    elsewhere_no_certificate_is_an_ordinary_warning, 0,
	    2 * (int)COUNT(elsewhere));
	tcase_add_test(tcase, a_fatal_no_certificate_ends_the_handshake);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(client_auth_suite)
