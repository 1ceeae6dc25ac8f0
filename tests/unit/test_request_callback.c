/*
 * libtls/handshake/request_callback.c: what a client learns of the server's
 * authorities, in each version, and the certificate it chooses by them.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define NAMES 4

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

/* What the callback answers, and what it saw. */
static struct note {
	struct s2n_cert_chain_and_key *answer, *second; /* NULL: none */
	bool refuses;
	struct s2n_connection *conn;
	struct s2n_certificate_authority_list *list;
	const struct certs_cert *ca; /* the one that is named */
	unsigned calls;
	size_t count;
	struct slice names[NAMES];
} note;

static void
read_names(struct s2n_certificate_authority_list *list)
{
	uint8_t *name;
	uint16_t length;

	for (note.count = 0; s2n_certificate_authority_list_has_next(list);
	     note.count++) {
		ck_assert_uint_lt(note.count, NAMES);
		ck_assert_int_eq(
		    s2n_certificate_authority_list_next(list, &name, &length),
		    0);
		note.names[note.count] = slice_of(name, length);
	}
	assert_error(s2n_certificate_authority_list_next(list, &name, &length),
	    "S2N_ERR_STUFFER_OUT_OF_DATA");
}

static int
on_request(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *request)
{
	ck_assert_ptr_eq(ctx, &note);
	note.conn = conn;
	note.calls++;
	note.list = s2n_certificate_request_get_ca_list(request);
	ck_assert_ptr_nonnull(note.list);
	read_names(note.list);
	if (note.answer != NULL)
		ck_assert_int_eq(s2n_certificate_request_set_certificate(
				     request, note.answer),
		    0);
	if (note.second != NULL)
		ck_assert_int_eq(s2n_certificate_request_set_certificate(
				     request, note.second),
		    0);
	return note.refuses ? S2N_FAILURE : S2N_SUCCESS;
}

static void
listen_to(struct peers *peers)
{
	note = (struct note){ 0 };
	ck_assert_int_eq(s2n_config_set_cert_request_callback(
			     peers->client_config, on_request, &note),
	    0);
}

static const struct peers_spec versions[] = {
	{ .client_cert = true, .client_auth = S2N_CERT_AUTH_REQUIRED },
	{ .client_cert = true,
	    .client_auth = S2N_CERT_AUTH_REQUIRED,
	    .slow = true,
	    .pending_key = true },
	{ .client_cert = true,
	    .client_auth = S2N_CERT_AUTH_OPTIONAL,
	    .version = S2N_TLS12,
	    .suite = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
	{ .client_cert = true,
	    .client_auth = S2N_CERT_AUTH_REQUIRED,
	    .version = S2N_TLS11,
	    .suite = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA },
	{ .client_cert = true,
	    .client_auth = S2N_CERT_AUTH_REQUIRED,
	    .key = CERTS_RSA,
	    .version = S2N_SSLv3,
	    .suite = TLS_RSA_WITH_AES_128_CBC_SHA },
};

static struct slice
subject(const struct certs_cert *cert)
{
	const unsigned char *der;
	size_t len;

	ck_assert_int_eq(
	    X509_NAME_get0_der(X509_get_subject_name(cert->x509), &der, &len),
	    1);
	return slice_of(der, len);
}

START_TEST(the_client_reads_the_servers_authorities)
{
	const struct certs_cert *other;
	struct peers peers;

	peers_open(&peers, &versions[_i]);
	other = MAKE(.name = "Other", .ca = true);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers.server_config, other->pem),
	    0);
	ck_assert_int_eq(s2n_config_set_cert_authorities_from_trust_store(
			     peers.server_config),
	    0);
	listen_to(&peers);
	note.answer = peers.client_chain;
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(note.calls, 1);
	ck_assert_ptr_eq(note.conn, peers.client);
	ck_assert_uint_eq(note.count, 2);
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.client), 1);
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 1);
	peers_close(&peers);
}
END_TEST

static int
on_request_twice(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *request)
{
	struct slice first;
	int r = on_request(conn, ctx, request);

	first = note.names[0];
	ck_assert(slice_equal(first, subject(note.ca)));
	ck_assert_int_eq(s2n_certificate_authority_list_reread(note.list), 0);
	note.names[0] = NO_BYTES;
	read_names(note.list);
	ck_assert_uint_eq(note.count, 1);
	ck_assert_ptr_eq(note.names[0].data, first.data);
	return r;
}

START_TEST(the_names_are_the_subjects_and_may_be_read_again)
{
	const struct certs_cert *ca;
	struct peers peers;

	peers_open(&peers, &versions[_i]);
	ca = MAKE(.name = "Another", .ca = true);
	ck_assert_int_eq(s2n_config_wipe_trust_store(peers.server_config), 0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers.server_config, ca->pem), 0);
	ck_assert_int_eq(s2n_config_set_cert_authorities_from_trust_store(
			     peers.server_config),
	    0);
	listen_to(&peers);
	note.answer = peers.client_chain;
	ck_assert_int_eq(s2n_config_set_cert_request_callback(
			     peers.client_config, on_request_twice, &note),
	    0);
	note.ca = ca;
	/* The chain is not by what is named: the server's business. */
	ck_assert(!peers_negotiate(&peers));
	ck_assert_uint_eq(note.calls, 1);
	ck_assert_str_eq(
	    s2n_strerror_name(peers.server_error), "S2N_ERR_CERT_UNTRUSTED");
	peers_close(&peers);
}
END_TEST

START_TEST(a_server_that_names_none_has_an_empty_list)
{
	struct peers peers;

	peers_open(&peers, &versions[_i]);
	listen_to(&peers);
	note.answer = peers.client_chain;
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(note.calls, 1);
	ck_assert_uint_eq(note.count, 0);
	peers_close(&peers);
}
END_TEST

/* A chain of the pair's CA that is not the config's. */
static struct s2n_cert_chain_and_key *
make_chain(enum certs_key key)
{
	const struct certs_cert *ca = MAKE(.name = "CA", .ca = true);
	const struct certs_cert *leaf =
	    MAKE(.name = "chosen", .issuer = ca, .key = key);
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(
			     chain, certs_chain_pem(leaf), leaf->key_pem),
	    0);
	return chain;
}

/* In SSLv3 to TLS 1.3, with a key of another kind than the config's. */
START_TEST(the_chosen_chain_is_sent)
{
	struct s2n_cert_chain_and_key *chain;
	struct peers peers;
	uint8_t *list;
	uint32_t len;

	peers_open(&peers, &versions[_i]);
	chain =
	    make_chain(versions[_i].key == CERTS_RSA ? CERTS_P256 : CERTS_RSA);
	listen_to(&peers);
	note.answer = peers.client_chain;
	note.second = chain;
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_get_client_cert_chain(peers.server, &list, &len), 0);
	ck_assert_uint_eq(len, 3 + chain->certs[0].len);
	ck_assert_mem_eq(list + 3, chain->certs[0].der, chain->certs[0].len);
	ck_assert_ptr_eq(s2n_connection_get_selected_cert(peers.client), chain);
	peers_close(&peers);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(a_callback_that_refuses_or_sets_none_ends_the_handshake)
{
	const bool refuses = _i % 2 == 0;
	struct peers peers;

	peers_open(&peers, &versions[_i / 2]);
	listen_to(&peers);
	note.refuses = refuses;
	note.answer = refuses ? peers.client_chain : NULL;
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(s2n_strerror_name(peers.client_error),
	    refuses ? "S2N_ERR_CANCELLED" : "S2N_ERR_NO_CERT_FOUND");
	ck_assert_uint_eq(note.calls, 1);
	peers_close(&peers);
}
END_TEST

START_TEST(a_client_without_a_certificate_is_not_asked)
{
	struct peers peers;
	struct peers_spec spec = versions[_i];

	spec.client_cert = false;
	spec.client_auth = S2N_CERT_AUTH_OPTIONAL;
	peers_open(&peers, &spec);
	listen_to(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(note.calls, 0);
	ck_assert_int_eq(s2n_connection_client_cert_used(peers.server), 0);
	peers_close(&peers);
}
END_TEST

START_TEST(a_server_that_does_not_ask_asks_nobody)
{
	struct peers peers;
	struct peers_spec spec = versions[_i];

	spec.client_auth = S2N_CERT_AUTH_NONE;
	peers_open(&peers, &spec);
	listen_to(&peers);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(note.calls, 0);
	peers_close(&peers);
}
END_TEST

/* A policy with ECDSA alone takes no RSA signature. */
START_TEST(a_chosen_chain_that_can_sign_nothing_ends_the_handshake)
{
	static const uint16_t ecdsa[] = { SCHEME_ECDSA_SHA256 };
	struct s2n_cert_chain_and_key *chain;
	struct preference narrow;
	struct peers peers;

	peers_open(&peers, &versions[_i * 2]);
	chain = make_chain(CERTS_RSA);
	narrow = *peers.server_config->preference;
	narrow.schemes.numbers = ecdsa;
	narrow.schemes.count = COUNT(ecdsa);
	peers.server_config->preference = &narrow;
	listen_to(&peers);
	note.answer = chain;
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(s2n_strerror_name(peers.client_error),
	    "S2N_ERR_NO_VALID_SIGNATURE_SCHEME");
	peers_close(&peers);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

/* As s2n_connection_set_config would have said of the config's own. */
START_TEST(a_chosen_chain_without_a_key_ends_the_handshake)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const char *pem;
	struct peers peers;

	peers_open(&peers, &versions[_i]);
	pem = MAKE(.name = "keyless", .key = versions[_i].key)->pem;
	ck_assert_int_eq(s2n_cert_chain_and_key_load_public_pem_bytes(chain,
			     (uint8_t *)(uintptr_t)pem, (uint32_t)strlen(pem)),
	    0);
	if (versions[_i].pending_key)
		peers.client_config->key_callback = NULL;
	listen_to(&peers);
	note.answer = chain;
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_NO_PRIVATE_KEY");
	peers_close(&peers);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(null_and_empty_arguments_are_errors)
{
	struct s2n_cert_chain_and_key *empty = s2n_cert_chain_and_key_new();
	struct s2n_certificate_request request = { 0 };
	uint8_t *name;
	uint16_t length;

	assert_error(s2n_config_set_cert_request_callback(NULL, NULL, NULL),
	    "S2N_ERR_NULL");
	ck_assert_ptr_null(s2n_certificate_request_get_ca_list(NULL));
	assert_error(s2n_certificate_request_set_certificate(NULL, empty),
	    "S2N_ERR_NULL");
	assert_error(s2n_certificate_request_set_certificate(&request, NULL),
	    "S2N_ERR_NULL");
	assert_error(s2n_certificate_request_set_certificate(&request, empty),
	    "S2N_ERR_NO_CERT_FOUND");
	ck_assert(!s2n_certificate_authority_list_has_next(NULL));
	assert_error(s2n_certificate_authority_list_next(NULL, &name, &length),
	    "S2N_ERR_NULL");
	assert_error(s2n_certificate_authority_list_next(
			 &request.authorities, NULL, &length),
	    "S2N_ERR_NULL");
	assert_error(s2n_certificate_authority_list_next(
			 &request.authorities, &name, NULL),
	    "S2N_ERR_NULL");
	assert_error(
	    s2n_certificate_authority_list_reread(NULL), "S2N_ERR_NULL");
	s2n_cert_chain_and_key_free(empty);
}
END_TEST

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

static Suite *
request_callback_suite(void)
{
	Suite *suite = suite_create("request_callback");
	TCase *tcase = tcase_create("request_callback");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(tcase, the_client_reads_the_servers_authorities, 0,
	    (int)COUNT(versions));
	tcase_add_loop_test(tcase,
	    the_names_are_the_subjects_and_may_be_read_again, 0,
	    (int)COUNT(versions));
	tcase_add_loop_test(tcase, a_server_that_names_none_has_an_empty_list,
	    0, (int)COUNT(versions));
	tcase_add_loop_test(
	    tcase, the_chosen_chain_is_sent, 0, (int)COUNT(versions));
	tcase_add_loop_test(tcase,
	    a_callback_that_refuses_or_sets_none_ends_the_handshake, 0,
	    2 * (int)COUNT(versions));
	tcase_add_loop_test(tcase, a_client_without_a_certificate_is_not_asked,
	    0, (int)COUNT(versions));
	tcase_add_loop_test(tcase, a_server_that_does_not_ask_asks_nobody, 0,
	    (int)COUNT(versions));
	tcase_add_loop_test(tcase,
	    a_chosen_chain_that_can_sign_nothing_ends_the_handshake, 0, 2);
	tcase_add_loop_test(tcase,
	    a_chosen_chain_without_a_key_ends_the_handshake, 0,
	    (int)COUNT(versions));
	tcase_add_test(tcase, null_and_empty_arguments_are_errors);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(request_callback_suite)
