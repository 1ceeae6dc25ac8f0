/*
 * OCSP stapling and SCT lists between a client and a server: who asks, what
 * comes, what it is judged to be. The rules for a response are test_ocsp.c's.
 */
#include <stdlib.h>
#include <unistd.h>

#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/responder.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define HOUR 3600
#define NANOSECONDS 1000000000u
#define STATUS 5
#define TIMESTAMPS 18

/* RFC 6962 3.3: a list of one SCT, here of three bytes. */
static const uint8_t timestamps[] = { 0, 5, 0, 3, 1, 2, 3 };

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
	certs_key(CERTS_P256, 1);
	certs_key(CERTS_P256, 2);
}

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

static int
noon(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	*nanoseconds = (uint64_t)CERTS_NOW * NANOSECONDS;
	return 0;
}

/* The later pair has the name. */
static struct s2n_cert_chain_and_key *
later(struct s2n_cert_chain_and_key *first,
    struct s2n_cert_chain_and_key *second, uint8_t *name, uint32_t len)
{
	(void)first;
	(void)name;
	(void)len;
	return second;
}

/* ---- a pair, and certificates whose status is known ---- */

struct scene {
	struct peers peers;
	const struct certs_cert *ca, *leaf, *other, *delegate;
	struct s2n_cert_chain_and_key *chain; /* the leaf's */
	s2n_mode stapler;
};

static const struct peers_spec version_specs[] = {
	{ .version = S2N_TLS12,
	    .suite = TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	    .key = CERTS_RSA },
	{ .version = S2N_TLS12,
	    .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
	    .key = CERTS_RSA },
	{ .version = S2N_TLS10,
	    .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
	    .key = CERTS_RSA },
	{ .key = CERTS_RSA }, /* TLS 1.3 */
};
#define TLS13_SPEC (COUNT(version_specs) - 1)

/* The chain of the side that staples is one of this scene's CA. */
static void
open_scene(struct scene *scene, size_t spec, s2n_mode stapler)
{
	struct peers_spec full = version_specs[spec];
	struct s2n_config *configs[2];

	*scene = (struct scene){ .stapler = stapler };
	if (stapler == S2N_CLIENT)
		full.client_auth = S2N_CERT_AUTH_REQUIRED;
	peers_open(&scene->peers, &full);
	configs[S2N_SERVER] = scene->peers.server_config;
	configs[S2N_CLIENT] = scene->peers.client_config;
	scene->ca =
	    certs_make(&(struct certs_spec){ .name = "CA 2", .ca = true });
	scene->leaf = certs_make(&(struct certs_spec){
	    .name = "localhost", .issuer = scene->ca, .key = CERTS_RSA });
	scene->other = certs_make(&(struct certs_spec){
	    .name = "other", .issuer = scene->ca, .key = CERTS_RSA });
	scene->delegate = certs_make(&(struct certs_spec){ .name = "delegate",
	    .issuer = scene->ca,
	    .key_number = 2,
	    .extensions = { { "extendedKeyUsage", "OCSPSigning" } } });
	scene->chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(scene->chain,
			     scene->leaf->pem, scene->leaf->key_pem),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_cert_tiebreak_callback(configs[stapler], later), 0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     configs[stapler], scene->chain),
	    0);
	ck_assert_int_eq(s2n_config_wipe_trust_store(configs[1 - stapler]), 0);
	ck_assert_int_eq(s2n_config_add_pem_to_trust_store(
			     configs[1 - stapler], scene->ca->pem),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_wall_clock(configs[1 - stapler], noon, NULL), 0);
}

static struct s2n_config *
asker(struct scene *scene)
{
	return scene->stapler == S2N_SERVER ? scene->peers.client_config
					    : scene->peers.server_config;
}

static struct s2n_connection *
asking(struct scene *scene)
{
	return scene->stapler == S2N_SERVER ? scene->peers.client
					    : scene->peers.server;
}

static void
ask(struct scene *scene)
{
	ck_assert_int_eq(s2n_config_set_status_request_type(
			     asker(scene), S2N_STATUS_REQUEST_OCSP),
	    0);
	ck_assert_int_eq(s2n_config_set_ct_support_level(
			     asker(scene), S2N_CT_SUPPORT_REQUEST),
	    0);
}

static void
staple(struct scene *scene, struct slice response)
{
	ck_assert_int_eq(s2n_cert_chain_and_key_set_ocsp_data(scene->chain,
			     response.data, (uint32_t)response.len),
	    0);
	ck_assert_int_eq(s2n_cert_chain_and_key_set_sct_list(
			     scene->chain, timestamps, sizeof timestamps),
	    0);
}

static void
close_scene(struct scene *scene)
{
	peers_close(&scene->peers);
	s2n_cert_chain_and_key_free(scene->chain);
}

static void
assert_got(
    struct s2n_connection *conn, struct slice response, struct slice list)
{
	uint32_t len = 77;
	const uint8_t *got = s2n_connection_get_ocsp_response(conn, &len);

	ck_assert(slice_equal(slice_of(got, len), response));
	ck_assert((got == NULL) == (response.len == 0));
	len = 77;
	got = s2n_connection_get_sct_list(conn, &len);
	ck_assert(slice_equal(slice_of(got, len), list));
	ck_assert((got == NULL) == (list.len == 0));
}

#define LIST slice_of(timestamps, sizeof timestamps)

/* ---- a server's certificate ---- */

START_TEST(a_server_staples_to_a_client_that_asks)
{
	struct scene scene;
	struct slice good;
	const char *type;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	good =
	    responder_make(&(struct responder_spec){ .subject = scene.leaf });
	ask(&scene);
	staple(&scene, good);
	ck_assert_msg(peers_negotiate(&scene.peers), "%s, %s",
	    s2n_strerror_debug(scene.peers.client_error, NULL),
	    s2n_strerror_debug(scene.peers.server_error, NULL));
	assert_got(scene.peers.client, good, LIST);
	assert_got(scene.peers.server, NO_BYTES, NO_BYTES);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 1);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.server), 1);
	type = s2n_connection_get_handshake_type_name(scene.peers.client);
	ck_assert(
	    (strstr(type, "OCSP_STATUS") != NULL) == (_i != (int)TLS13_SPEC));
	ck_assert_str_eq(
	    type, s2n_connection_get_handshake_type_name(scene.peers.server));
	/* The list stays, the response goes. */
	ck_assert_int_eq(s2n_connection_free_handshake(scene.peers.client), 0);
	assert_got(scene.peers.client, NO_BYTES, LIST);
	ck_assert_int_eq(s2n_connection_wipe(scene.peers.client), 0);
	assert_got(scene.peers.client, NO_BYTES, NO_BYTES);
	responder_free(good);
	close_scene(&scene);
}
END_TEST

/* RFC 7633: such a certificate is as any here, as in the guide's library. */
START_TEST(a_certificate_that_demands_a_staple_goes_without)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const struct certs_cert *demanding;
	struct scene scene;
	struct slice good;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	demanding = certs_make(&(struct certs_spec){ .name = "localhost",
	    .issuer = scene.ca,
	    .key = CERTS_RSA,
	    .extensions = { { "tlsfeature", "status_request" } } });
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(
			     chain, demanding->pem, demanding->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     scene.peers.server_config, chain),
	    0);
	ask(&scene);
	ck_assert(peers_negotiate(&scene.peers));
	ck_assert_int_eq(
	    X509_cmp(scene.peers.client->peer_chain->leaf, demanding->x509), 0);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 0);
	/* And with one. */
	peers_reconnect(&scene.peers);
	good = responder_make(&(struct responder_spec){ .subject = demanding });
	ck_assert_int_eq(s2n_cert_chain_and_key_set_ocsp_data(
			     chain, good.data, (uint32_t)good.len),
	    0);
	ck_assert(peers_negotiate(&scene.peers));
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 1);
	responder_free(good);
	close_scene(&scene);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

START_TEST(nothing_comes_unasked_and_nothing_need_come)
{
	struct scene scene;
	struct slice good;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	good =
	    responder_make(&(struct responder_spec){ .subject = scene.leaf });
	staple(&scene, good);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, NO_BYTES, NO_BYTES);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.server), 0);
	/* One of the two. */
	peers_reconnect(&scene.peers);
	s2n_config_set_ct_support_level(
	    scene.peers.client_config, S2N_CT_SUPPORT_REQUEST);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, NO_BYTES, LIST);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 0);
	/* The server has none. */
	peers_reconnect(&scene.peers);
	ask(&scene);
	staple(&scene, NO_BYTES);
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_set_sct_list(scene.chain, NULL, 9), 0);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, NO_BYTES, NO_BYTES);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 0);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.server), 0);
	/* No longer asked for. */
	peers_reconnect(&scene.peers);
	staple(&scene, good);
	s2n_config_set_status_request_type(
	    scene.peers.client_config, S2N_STATUS_REQUEST_NONE);
	s2n_config_set_ct_support_level(
	    scene.peers.client_config, S2N_CT_SUPPORT_NONE);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, NO_BYTES, NO_BYTES);
	responder_free(good);
	close_scene(&scene);
}
END_TEST

/* ---- what a response is judged to be ---- */

static const struct {
	const char *what;
	struct responder_spec spec;
	bool by_other, by_delegate;
	const char *error; /* NULL: fine */
} judgements[] = {
	{ "good", { 0 }, false, false, NULL },
	{ "a delegate's", { .embed = true }, false, true, NULL },
	{ "a delegate's, unknown who", { 0 }, false, true,
	    "S2N_ERR_CERT_UNTRUSTED" },
	{ "revoked", { .status = V_OCSP_CERTSTATUS_REVOKED }, false, false,
	    "S2N_ERR_CERT_REVOKED" },
	{ "unknown", { .status = V_OCSP_CERTSTATUS_UNKNOWN }, false, false,
	    "S2N_ERR_CERT_UNTRUSTED" },
	{ "too old", { .to = CERTS_NOW - HOUR + 1 }, false, false,
	    "S2N_ERR_CERT_EXPIRED" },
	{ "not yet valid", { .from = CERTS_NOW + HOUR - 1 }, false, false,
	    "S2N_ERR_CERT_INVALID" },
	{ "by another leaf", { .embed = true }, true, false,
	    "S2N_ERR_CERT_UNTRUSTED" },
	{ "try later", { .reply = OCSP_RESPONSE_STATUS_TRYLATER }, false, false,
	    "S2N_ERR_CERT_UNTRUSTED" },
};

/* Both ends of a handshake over this response. */
static void
judge(struct scene *scene, const char *what, struct slice response,
    const char *error)
{
	struct peers *peers = &scene->peers;
	bool server = scene->stapler == S2N_SERVER;
	int got;

	peers_reconnect(peers);
	staple(scene, response);
	if (error == NULL) {
		ck_assert_msg(peers_negotiate(peers), "%s: %s, %s", what,
		    s2n_strerror_name(peers->client_error),
		    s2n_strerror_name(peers->server_error));
		assert_got(asking(scene), response, LIST);
		return;
	}
	peers_negotiate(peers);
	got = server ? peers->client_error : peers->server_error;
	ck_assert_msg(strcmp(s2n_strerror_name(got), error) == 0, "%s: %s",
	    what, s2n_strerror_name(got));
	if (!server) { /* it was done before the server's word came */
		s2n_blocked_status blocked;
		uint8_t byte;

		ck_assert_int_lt(
		    s2n_recv(peers->client, &byte, 1, &blocked), 0);
	}
	ck_assert_msg(
	    s2n_connection_get_alert(server ? peers->server : peers->client) ==
		ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,
	    "%s: alert", what);
}

static void
judge_all(struct scene *scene)
{
	struct responder_spec spec;
	struct slice response;

	ask(scene);
	for (size_t i = 0; i < COUNT(judgements); i++) {
		spec = judgements[i].spec;
		spec.subject = scene->leaf;
		if (judgements[i].by_other)
			spec.signer = scene->other;
		if (judgements[i].by_delegate)
			spec.signer = scene->delegate;
		response = responder_make(&spec);
		judge(scene, judgements[i].what, response, judgements[i].error);
		responder_free(response);
	}
	response =
	    responder_make(&(struct responder_spec){ .subject = scene->other });
	judge(scene, "another's", response, "S2N_ERR_CERT_UNTRUSTED");
	judge(scene, "cut", slice_of(response.data, response.len - 1),
	    "S2N_ERR_INVALID_OCSP_RESPONSE");
	/* Nobody looks. */
	ck_assert_int_eq(
	    s2n_config_set_check_stapled_ocsp_response(asker(scene), 0), 0);
	judge(scene, "another's, unchecked", response, NULL);
	judge(scene, "no response, unchecked", slice_of_string("none"), NULL);
	ck_assert_int_eq(
	    s2n_config_set_check_stapled_ocsp_response(asker(scene), 2), 0);
	judge(scene, "checked again", response, "S2N_ERR_CERT_UNTRUSTED");
	ck_assert_int_eq(s2n_config_disable_x509_verification(asker(scene)), 0);
	judge(scene, "another's, unverified", response, NULL);
	responder_free(response);
}

START_TEST(a_client_judges_what_a_server_staples)
{
	struct scene scene;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	judge_all(&scene);
	close_scene(&scene);
}
END_TEST

START_TEST(a_server_judges_what_a_client_staples)
{
	struct scene scene;

	open_scene(&scene, TLS13_SPEC, S2N_CLIENT);
	judge_all(&scene);
	close_scene(&scene);
}
END_TEST

/* ---- a client's certificate ---- */

START_TEST(a_client_staples_in_tls13_only)
{
	struct scene scene;
	struct slice good;
	bool tls13 = _i == (int)TLS13_SPEC;

	open_scene(&scene, (size_t)_i, S2N_CLIENT);
	good =
	    responder_make(&(struct responder_spec){ .subject = scene.leaf });
	staple(&scene, good);
	/* Not asked. */
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.server, NO_BYTES, NO_BYTES);
	peers_reconnect(&scene.peers);
	ask(&scene);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.server, tls13 ? good : NO_BYTES,
	    tls13 ? LIST : NO_BYTES);
	/* That is the server's part only. */
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.server), 0);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(scene.peers.client), 0);
	responder_free(good);
	close_scene(&scene);
}
END_TEST

START_TEST(a_client_that_has_no_certificate_staples_nothing)
{
	struct peers_spec spec = { .client_auth = S2N_CERT_AUTH_OPTIONAL };
	struct peers peers;

	peers_open(&peers, &spec);
	s2n_config_set_status_request_type(
	    peers.server_config, S2N_STATUS_REQUEST_OCSP);
	s2n_config_set_ct_support_level(
	    peers.server_config, S2N_CT_SUPPORT_REQUEST);
	ck_assert(peers_negotiate(&peers));
	assert_got(peers.server, NO_BYTES, NO_BYTES);
	peers_close(&peers);
}
END_TEST

/* ---- the calls ---- */

START_TEST(a_location_of_anchors_has_a_client_ask)
{
	char name[] = "/tmp/stapling-XXXXXX";
	struct scene scene;
	struct slice good;
	int fd = mkstemp(name);

	open_scene(&scene, TLS13_SPEC, S2N_SERVER);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, scene.ca->pem, strlen(scene.ca->pem)),
	    (ssize_t)strlen(scene.ca->pem));
	good =
	    responder_make(&(struct responder_spec){ .subject = scene.leaf });
	staple(&scene, good);
	ck_assert_int_eq(s2n_config_set_verification_ca_location(
			     scene.peers.client_config, name, NULL),
	    0);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, good, NO_BYTES);
	peers_reconnect(&scene.peers);
	ck_assert_int_eq(
	    s2n_config_set_status_request_type(
		scene.peers.client_config, S2N_STATUS_REQUEST_NONE),
	    0);
	ck_assert(peers_negotiate(&scene.peers));
	assert_got(scene.peers.client, NO_BYTES, NO_BYTES);
	close(fd);
	unlink(name);
	responder_free(good);
	close_scene(&scene);
}
END_TEST

START_TEST(both_at_their_largest_fit)
{
	static uint8_t large[32001];
	struct scene scene;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	ask(&scene);
	s2n_config_set_check_stapled_ocsp_response(
	    scene.peers.client_config, 0);
	assert_error(s2n_cert_chain_and_key_set_ocsp_data(
			 scene.chain, large, sizeof large),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_cert_chain_and_key_set_sct_list(
			 scene.chain, large, sizeof large),
	    "S2N_ERR_INVALID_ARGUMENT");
	ck_assert_int_eq(s2n_cert_chain_and_key_set_ocsp_data(
			     scene.chain, large, sizeof large - 1),
	    0);
	ck_assert_int_eq(s2n_cert_chain_and_key_set_sct_list(
			     scene.chain, large, sizeof large - 1),
	    0);
	ck_assert_msg(peers_negotiate(&scene.peers), "%s, %s",
	    s2n_strerror_debug(scene.peers.client_error, NULL),
	    s2n_strerror_debug(scene.peers.server_error, NULL));
	assert_got(scene.peers.client, slice_of(large, sizeof large - 1),
	    slice_of(large, sizeof large - 1));
	close_scene(&scene);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	uint32_t len;

	assert_error(s2n_cert_chain_and_key_set_ocsp_data(NULL, timestamps, 1),
	    "S2N_ERR_NULL");
	assert_error(s2n_cert_chain_and_key_set_sct_list(NULL, timestamps, 1),
	    "S2N_ERR_NULL");
	assert_error(
	    s2n_config_set_status_request_type(NULL, S2N_STATUS_REQUEST_OCSP),
	    "S2N_ERR_NULL");
	assert_error(s2n_config_set_status_request_type(
			 config, (s2n_status_request_type)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	assert_error(s2n_config_set_check_stapled_ocsp_response(NULL, 1),
	    "S2N_ERR_NULL");
	assert_error(
	    s2n_config_set_ct_support_level(NULL, S2N_CT_SUPPORT_REQUEST),
	    "S2N_ERR_NULL");
	assert_error(
	    s2n_config_set_ct_support_level(config, (s2n_ct_support_level)2),
	    "S2N_ERR_INVALID_ARGUMENT");
	s2n_errno = 0;
	ck_assert_ptr_null(s2n_connection_get_ocsp_response(NULL, &len));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	s2n_errno = 0;
	ck_assert_ptr_null(s2n_connection_get_ocsp_response(conn, NULL));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	s2n_errno = 0;
	ck_assert_ptr_null(s2n_connection_get_sct_list(NULL, &len));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	s2n_errno = 0;
	ck_assert_ptr_null(s2n_connection_get_sct_list(conn, NULL));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	assert_error(s2n_connection_is_ocsp_stapled(NULL), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(conn), 0);
	s2n_connection_free(conn);
	s2n_config_free(config);
}
END_TEST

START_TEST(extension_data_is_for_the_pair_that_a_config_owns)
{
	const struct certs_cert *leaf =
	    certs_make(&(struct certs_spec){ .name = "a.example" });
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_config *other = s2n_config_new_minimal();
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct cert_choice choice;

	assert_error(s2n_config_set_extension_data(
			 NULL, S2N_EXTENSION_OCSP_STAPLING, timestamps, 3),
	    "S2N_ERR_NULL");
	assert_error(s2n_config_set_extension_data(
			 config, S2N_EXTENSION_OCSP_STAPLING, timestamps, 3),
	    "S2N_ERR_UPDATING_EXTENSION");
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key(config, leaf->pem, leaf->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_set_extension_data(config,
			     S2N_EXTENSION_OCSP_STAPLING, timestamps, 3),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_extension_data(
		config, S2N_EXTENSION_CERTIFICATE_TRANSPARENCY, timestamps, 4),
	    0);
	cert_store_choose(config->certs, NO_BYTES, &choice);
	ck_assert_uint_eq(choice.chain[KEY_ECDSA]->ocsp.len, 3);
	ck_assert_uint_eq(choice.chain[KEY_ECDSA]->scts.len, 4);
	assert_error(s2n_config_set_extension_data(
			 config, S2N_EXTENSION_ALPN, timestamps, 3),
	    "S2N_ERR_UNRECOGNIZED_EXTENSION");
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, leaf->pem, leaf->key_pem),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_cert_chain_and_key_to_store(other, chain), 0);
	assert_error(s2n_config_set_extension_data(
			 other, S2N_EXTENSION_OCSP_STAPLING, timestamps, 3),
	    "S2N_ERR_CERT_OWNERSHIP");
	s2n_config_free(config);
	s2n_config_free(other);
	s2n_cert_chain_and_key_free(chain);
	certs_free_all();
}
END_TEST

START_TEST(staples_may_come_before_the_chain)
{
	const struct certs_cert *leaf =
	    certs_make(&(struct certs_spec){ .name = "a.example" });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	ck_assert_int_eq(s2n_cert_chain_and_key_set_ocsp_data(
			     chain, timestamps, sizeof timestamps),
	    0);
	assert_error(
	    s2n_cert_chain_and_key_load_pem(chain, leaf->pem, "no key"),
	    "S2N_ERR_INVALID_PEM");
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, leaf->pem, leaf->key_pem),
	    0);
	ck_assert(slice_equal(staple_bytes(&chain->ocsp), LIST));
	s2n_cert_chain_and_key_free(chain);
	certs_free_all();
}
END_TEST

/* ---- malformed, misplaced, unasked ---- */

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}
#define CH CLIENT_HELLO, S2N_CLIENT
#define SH SERVER_HELLO, S2N_SERVER
#define EE ENCRYPTED_EXTENSIONS, S2N_SERVER
#define CERT CERTIFICATE, S2N_SERVER
#define CS CERTIFICATE_STATUS, S2N_SERVER

/* clang-format off */
static const struct crook crooks12[] = {
	{ "a request of an unknown type",        CH, EXT_SET, STATUS, BYTES(9, 1, 2, 3), NOTHING, ALERT_NONE, 0 },
	{ "an empty request",                    CH, EXT_SET, STATUS, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a request without its extensions",    CH, EXT_SET, STATUS, BYTES(1, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a request cut short",                 CH, EXT_SET, STATUS, BYTES(1, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte behind the request",           CH, EXT_SET, STATUS, BYTES(1, 0, 0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a responder and an extension",        CH, EXT_SET, STATUS, BYTES(1, 0, 3, 0, 1, 7, 0, 1, 7), NOTHING, ALERT_NONE, 0 },
	{ "a request for SCTs with bytes",       CH, EXT_SET, TIMESTAMPS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "the request twice",                   CH, EXT_TWICE, STATUS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an answer with bytes",                SH, EXT_SET, STATUS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	/* RFC 6066 8: the message comes only behind the extension. */
	{ "a status that was not announced",     SH, EXT_DROP, STATUS, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an unknown type",                     CS, PUT, 0, BYTES(2), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty status",                     CS, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty response",                   CS, BODY, 0, BYTES(1, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a response cut short",                CS, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte behind the response",          CS, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a second status",                     CS, BEHIND, 0, BYTES(22, 0, 0, 5, 1, 0, 0, 1, 7), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	/* Unchecked: see the guide's library. */
	{ "SCTs in no form",                     SH, EXT_SET, TIMESTAMPS, BYTES(9), NOTHING, ALERT_NONE, 0 },
	{ "no SCTs in an answer",                SH, EXT_SET, TIMESTAMPS, NOTHING, NOTHING, ALERT_NONE, 0 },
};
/* The server has neither, so that its certificate has no extensions. */
static const struct crook crooks13[] = {
	{ "an announced status",                 SH, EXT_ADD, STATUS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "SCTs with the hello",                 SH, EXT_ADD, TIMESTAMPS, BYTES(0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a status in EncryptedExtensions",     EE, EXT_ADD, STATUS, BYTES(1, 0, 0, 1, 7), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "SCTs in EncryptedExtensions",         EE, EXT_ADD, TIMESTAMPS, BYTES(0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a status",                            CERT, CERT_EXT, 0, BYTES(0, 5, 0, 5, 1, 0, 0, 1, 7), NOTHING, ALERT_NONE, 0 },
	{ "an empty status",                     CERT, CERT_EXT, 0, BYTES(0, 5, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an unknown type",                     CERT, CERT_EXT, 0, BYTES(0, 5, 0, 5, 2, 0, 0, 1, 7), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty response",                   CERT, CERT_EXT, 0, BYTES(0, 5, 0, 4, 1, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte behind the response",          CERT, CERT_EXT, 0, BYTES(0, 5, 0, 6, 1, 0, 0, 1, 7, 7), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "SCTs",                                CERT, CERT_EXT, 0, BYTES(0, 18, 0, 1, 7), NOTHING, ALERT_NONE, 0 },
	{ "a message of TLS 1.2",                CERT, BEHIND, 0, BYTES(22, 0, 0, 5, 1, 0, 0, 1, 7), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
};
static const struct crook unasked[] = {
	{ "a status",                            CERT, CERT_EXT, 0, BYTES(0, 5, 0, 5, 1, 0, 0, 1, 7), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "SCTs",                                CERT, CERT_EXT, 0, BYTES(0, 18, 0, 1, 7), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "an announced status",                 SH, EXT_ADD, STATUS, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "SCTs below TLS 1.3",                  SH, EXT_ADD, TIMESTAMPS, BYTES(0, 0), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
};
/* clang-format on */

START_TEST(below_tls13_each_form_gets_its_alert)
{
	struct peers_spec spec = version_specs[0];

	spec.staples = true;
	crooked_run_between(&crooks12[_i], &spec);
}
END_TEST

START_TEST(in_tls13_each_form_gets_its_alert)
{
	struct peers_spec spec = version_specs[TLS13_SPEC];
	struct peers peers;

	spec.staples = true;
	peers_open(&peers, &spec);
	s2n_cert_chain_and_key_set_ocsp_data(peers.chain, NULL, 0);
	s2n_cert_chain_and_key_set_sct_list(peers.chain, NULL, 0);
	crooked_run_again(&crooks13[_i], &peers);
	peers_close(&peers);
}
END_TEST

START_TEST(what_was_not_asked_for_may_not_come)
{
	bool tls13 = unasked[_i].message == CERTIFICATE;

	crooked_run_between(
	    &unasked[_i], &version_specs[tls13 ? TLS13_SPEC : 0]);
}
END_TEST

/* The server forgets what it announced. */
static void
forget(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	(void)conn;
	if (step->message == SERVER_HELLO)
		s2n_cert_chain_and_key_set_ocsp_data(ctx, NULL, 0);
}

/* RFC 6066 8 */
START_TEST(an_announced_status_need_not_come)
{
	struct peers_spec spec = version_specs[_i];
	struct detour detour = { .done = forget };
	struct peers peers;
	uint32_t len;

	spec.staples = true;
	peers_open(&peers, &spec);
	detour.ctx = peers.chain;
	detour_take(peers.server, &detour);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(peers.chain->ocsp.len, 0);
	ck_assert_ptr_null(
	    s2n_connection_get_ocsp_response(peers.client, &len));
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(peers.client), 0);
	ck_assert_int_eq(s2n_connection_is_ocsp_stapled(peers.server), 0);
	peers_close(&peers);
}
END_TEST

/* In place of the scene's chain, one with an intermediate certificate. */
static struct s2n_cert_chain_and_key *
lengthen(struct scene *scene, const struct certs_cert **leaf)
{
	const struct certs_cert *middle =
	    certs_make(&(struct certs_spec){ .name = "middle",
		.issuer = scene->ca,
		.ca = true,
		.key_number = 2 });
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	*leaf = certs_make(&(struct certs_spec){
	    .name = "localhost", .issuer = middle, .key = CERTS_RSA });
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(
			     chain, certs_chain_pem(*leaf), (*leaf)->key_pem),
	    0);
	ck_assert_uint_eq(chain->count, 2);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     scene->peers.server_config, chain),
	    0);
	return chain;
}

/* The last certificate has no extensions, else this could not add any. */
static const struct crook on_intermediate = { "on an intermediate", CERT,
	CERT_EXT, 0, BYTES(0, 5, 0, 5, 1, 0, 0, 1, 7, 0, 18, 0, 1, 7), NOTHING,
	ALERT_NONE, 0 };

START_TEST(of_a_chain_only_the_leaf_has_any)
{
	const struct certs_cert *leaf;
	struct scene scene;
	struct s2n_cert_chain_and_key *chain;
	struct slice good;

	open_scene(&scene, (size_t)_i, S2N_SERVER);
	ask(&scene);
	chain = lengthen(&scene, &leaf);
	good = responder_make(&(struct responder_spec){ .subject = leaf });
	s2n_cert_chain_and_key_set_ocsp_data(
	    chain, good.data, (uint32_t)good.len);
	s2n_cert_chain_and_key_set_sct_list(
	    chain, timestamps, sizeof timestamps);
	ck_assert_msg(peers_negotiate(&scene.peers), "%s",
	    s2n_strerror_debug(scene.peers.client_error, NULL));
	ck_assert_ptr_eq(
	    s2n_connection_get_selected_cert(scene.peers.server), chain);
	assert_got(scene.peers.client, good, LIST);
	if (_i == (int)TLS13_SPEC) {
		crooked_run_again(&on_intermediate, &scene.peers);
		assert_got(scene.peers.client, good, LIST);
	}
	responder_free(good);
	close_scene(&scene);
	s2n_cert_chain_and_key_free(chain);
}
END_TEST

static Suite *
stapling_suite(void)
{
	Suite *suite = suite_create("stapling");
	TCase *tcase = tcase_create("stapling");
	int specs = (int)COUNT(version_specs);

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(
	    tcase, a_server_staples_to_a_client_that_asks, 0, specs);
	tcase_add_loop_test(
	    tcase, a_certificate_that_demands_a_staple_goes_without, 0, specs);
	tcase_add_loop_test(
	    tcase, nothing_comes_unasked_and_nothing_need_come, 0, specs);
	tcase_add_loop_test(
	    tcase, a_client_judges_what_a_server_staples, 0, specs);
	tcase_add_test(tcase, a_server_judges_what_a_client_staples);
	tcase_add_loop_test(tcase, a_client_staples_in_tls13_only, 0, specs);
	tcase_add_test(tcase, a_client_that_has_no_certificate_staples_nothing);
	tcase_add_test(tcase, a_location_of_anchors_has_a_client_ask);
	tcase_add_loop_test(tcase, both_at_their_largest_fit, 0, specs);
	tcase_add_test(tcase, wrong_arguments_are_refused);
	tcase_add_test(
	    tcase, extension_data_is_for_the_pair_that_a_config_owns);
	tcase_add_test(tcase, staples_may_come_before_the_chain);
	tcase_add_loop_test(tcase, below_tls13_each_form_gets_its_alert, 0,
	    (int)COUNT(crooks12));
	tcase_add_loop_test(
	    tcase, in_tls13_each_form_gets_its_alert, 0, (int)COUNT(crooks13));
	tcase_add_loop_test(
	    tcase, what_was_not_asked_for_may_not_come, 0, (int)COUNT(unasked));
	tcase_add_loop_test(tcase, an_announced_status_need_not_come, 0, specs);
	tcase_add_loop_test(tcase, of_a_chain_only_the_leaf_has_any, 0, specs);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(stapling_suite)
