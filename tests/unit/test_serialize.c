/*
 * libtls/serialize.c: a connection goes on in another object, or nowhere.
 */
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/renegotiate.h"

#define ROOM 256

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

#define ck_error(call, name)                                                   \
	do {                                                                   \
		ck_assert_int_eq(call, -1);                                    \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

static void
open_pair(struct peers *peers, const struct peers_spec *spec)
{
	peers_open(peers, spec);
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     peers->server_config, S2N_SERIALIZED_CONN_V1),
	    0);
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     peers->client_config, S2N_SERIALIZED_CONN_V1),
	    0);
}

static struct s2n_connection **
side(struct peers *peers, s2n_mode mode)
{
	return mode == S2N_SERVER ? &peers->server : &peers->client;
}

static struct s2n_connection *
fresh(struct peers *peers, s2n_mode mode)
{
	struct s2n_connection *conn = s2n_connection_new(mode);
	bool server = mode == S2N_SERVER;
	struct pipe *in = server ? &peers->to_server : &peers->to_client;
	struct pipe *out = server ? &peers->to_client : &peers->to_server;

	ck_assert_ptr_nonnull(conn);
	ck_assert_int_eq(
	    s2n_connection_set_config(
		conn, server ? peers->server_config : peers->client_config),
	    0);
	ck_assert_int_eq(s2n_connection_set_recv_cb(conn, pipe_recv), 0);
	ck_assert_int_eq(s2n_connection_set_recv_ctx(conn, in), 0);
	ck_assert_int_eq(s2n_connection_set_send_cb(conn, pipe_send), 0);
	ck_assert_int_eq(s2n_connection_set_send_ctx(conn, out), 0);
	return conn;
}

/* The old one ends, nothing is sent, and a new one takes its place. */
static void
move(struct peers *peers, s2n_mode mode, uint32_t size)
{
	struct s2n_connection **conn = side(peers, mode);
	struct s2n_connection *new = fresh(peers, mode);
	struct pipe *out =
	    mode == S2N_SERVER ? &peers->to_client : &peers->to_server;
	uint8_t bytes[ROOM];
	uint32_t len = 0;
	size_t sent = out->bytes.len;
	s2n_blocked_status blocked;

	ck_assert_int_eq(s2n_connection_serialization_length(*conn, &len), 0);
	ck_assert_uint_eq(len, size);
	ck_error(s2n_connection_serialize(*conn, bytes, len - 1),
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	memset(bytes, 0xee, sizeof bytes);
	ck_assert_int_eq(s2n_connection_serialize(*conn, bytes, len), 0);
	ck_assert_uint_eq(bytes[len], 0xee);
	ck_error(
	    s2n_connection_serialize(*conn, bytes, ROOM), "S2N_ERR_CLOSED");
	ck_error((int)s2n_send(*conn, "x", 1, &blocked), "S2N_ERR_CLOSED");
	ck_error((int)s2n_recv(*conn, &len, 1, &blocked), "S2N_ERR_CLOSED");
	ck_assert_int_eq(s2n_shutdown(*conn, &blocked), 0);
	ck_assert_int_eq(s2n_connection_free(*conn), 0);
	ck_assert_uint_eq(out->bytes.len, sent);

	ck_assert_int_eq(s2n_connection_deserialize(new, bytes, size), 0);
	*conn = new;
}

#define RSA_CBC TLS_RSA_WITH_AES_128_CBC_SHA
#define ECDHE_GCM TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256

static const struct {
	const char *what;
	struct peers_spec spec;
	uint32_t size;
} ways[] = {
	{ "TLS 1.3, SHA-256", { .version = S2N_TLS13, .suite = 0x1301 }, 126 },
	{ "TLS 1.3, SHA-384", { .version = S2N_TLS13, .suite = 0x1302 }, 174 },
	{ "TLS 1.3, ChaCha20", { .version = S2N_TLS13, .suite = 0x1303 }, 126 },
	{ "TLS 1.2, GCM", { .version = S2N_TLS12, .suite = ECDHE_GCM }, 142 },
	{ "TLS 1.2, ChaCha20", { .version = S2N_TLS12, .suite = 0xcca8 }, 142 },
	{ "TLS 1.2, CBC", { .version = S2N_TLS12, .suite = RSA_CBC }, 142 },
	{ "TLS 1.1, CBC", { .version = S2N_TLS11, .suite = RSA_CBC }, 142 },
	{ "TLS 1.0, CBC", { .version = S2N_TLS10, .suite = RSA_CBC }, 174 },
	{ "TLS 1.0, 3DES", { .version = S2N_TLS10, .suite = 10 }, 158 },
	{ "SSLv3, CBC", { .version = S2N_SSLv3, .suite = RSA_CBC }, 174 },
	{ "one byte at a time",
	    { .version = S2N_TLS13, .suite = 0x1301, .slow = true }, 126 },
};

static void
both_ways(struct peers *peers, size_t len)
{
	peers_transfer(peers->client, peers->server, len);
	peers_transfer(peers->server, peers->client, len);
}

START_TEST(it_goes_on_in_another_object)
{
	struct peers_spec spec = ways[_i].spec;
	struct peers peers;
	uint8_t out[16];
	s2n_blocked_status blocked;
	ssize_t r;

	spec.key = CERTS_RSA;
	open_pair(&peers, &spec);
	ck_assert_msg(peers_negotiate(&peers), "%s", ways[_i].what);
	both_ways(&peers, 100);
	move(&peers, S2N_SERVER, ways[_i].size);
	both_ways(&peers, 20000);
	move(&peers, S2N_CLIENT, ways[_i].size);
	both_ways(&peers, 20000);
	/* once more, and at once */
	move(&peers, S2N_SERVER, ways[_i].size);
	move(&peers, S2N_SERVER, ways[_i].size);
	both_ways(&peers, 10);
	ck_assert_int_eq(
	    s2n_connection_get_actual_protocol_version(peers.server),
	    spec.version);
	ck_assert_str_eq(s2n_connection_get_cipher(peers.server),
	    s2n_connection_get_cipher(peers.client));
	/* the exporter's secret is not in it */
	ck_error(s2n_connection_tls_exporter(
		     peers.server, out, 1, out, 0, out, sizeof out),
	    "S2N_ERR_INVALID_STATE");
	while (s2n_shutdown_send(peers.server, &blocked) != 0)
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	while ((r = s2n_recv(peers.client, out, 1, &blocked)) < 0)
		ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(r, 0);
	peers_close(&peers);
}
END_TEST

START_TEST(updated_keys_are_moved)
{
	struct peers peers;

	open_pair(&peers,
	    &(struct peers_spec){ .version = S2N_TLS13, .suite = 0x1301 });
	ck_assert(peers_negotiate(&peers));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(s2n_connection_request_key_update(peers.server,
				     S2N_KEY_UPDATE_NOT_REQUESTED),
		    0);
		both_ways(&peers, 100);
		move(&peers, i % 2 == 0 ? S2N_SERVER : S2N_CLIENT, 126);
		both_ways(&peers, 100);
	}
	peers_close(&peers);
}
END_TEST

/* By the format's description, and by the connection's own values. */
START_TEST(the_bytes_are_as_described)
{
	struct peers peers;
	uint8_t bytes[ROOM], master[48];

	open_pair(&peers,
	    &(struct peers_spec){
		.version = S2N_TLS12, .suite = ECDHE_GCM, .key = CERTS_RSA });
	ck_assert(peers_negotiate(&peers));
	both_ways(&peers, 100);
	ck_assert_int_eq(s2n_connection_get_master_secret(
			     peers.server, master, sizeof master),
	    0);
	ck_assert_int_eq(s2n_connection_prefer_throughput(peers.server), 0);
	ck_assert_int_eq(
	    s2n_connection_serialize(peers.server, bytes, ROOM), 0);
	ck_assert_mem_eq(bytes,
	    "\0\0\0\0\0\0\0\1" /* V1 */
	    "\3\3\xc0\x2f"
	    "\0\0\0\0\0\0\0\2" /* Finished, and what was transferred */
	    "\0\0\0\0\0\0\0\2"
	    "\x40\0",
	    30);
	ck_assert_mem_eq(bytes + 30, master, sizeof master);
	/* the client's random, as it was on the wire */
	ck_assert_mem_eq(
	    bytes + 78, peers.to_server.bytes.data + 5 + 4 + 2, 32);
	ck_assert_mem_eq(
	    bytes + 110, peers.to_client.bytes.data + 5 + 4 + 2, 32);
	ck_error(s2n_connection_get_master_secret(
		     peers.server, master, sizeof master),
	    "S2N_ERR_INVALID_STATE");
	peers_close(&peers);
}
END_TEST

START_TEST(it_must_be_open_idle_and_wanted)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t bytes[ROOM], byte;
	uint32_t len;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_SAFETY");
	ck_error(s2n_connection_serialization_length(peers.server, &len),
	    "S2N_ERR_SAFETY");
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     peers.server_config, S2N_SERIALIZED_CONN_V1),
	    0);
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	ck_assert(peers_negotiate(&peers));
	ck_error(s2n_connection_serialize(peers.client, bytes, ROOM),
	    "S2N_ERR_SAFETY");
	/* half of what came is taken */
	ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	/* part of a record is here */
	ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
	peers.to_server.bytes.len -= 3;
	ck_error((int)s2n_recv(peers.server, bytes, ROOM, &blocked),
	    "S2N_ERR_IO_BLOCKED");
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_INVALID_STATE");
	peers.to_server.bytes.len += 3;
	ck_assert_int_eq(s2n_recv(peers.server, bytes, ROOM, &blocked), 2);
	/* something waits to be written */
	peers.to_client.room = 1;
	peers.to_client.taken = peers.to_client.bytes.len - 1;
	ck_error((int)s2n_send(peers.server, "ab", 2, &blocked),
	    "S2N_ERR_IO_BLOCKED");
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_INVALID_STATE");
	peers.to_client.room = 0;
	ck_assert_int_eq(s2n_send(peers.server, "ab", 2, &blocked), 2);
	ck_assert_int_eq(
	    s2n_connection_serialization_length(peers.server, &len), 0);
	/* and after the end */
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_CLOSED");
	peers_close(&peers);
}
END_TEST

START_TEST(rc4_is_not_moved)
{
	struct peers peers;
	uint8_t bytes[ROOM];

	open_pair(
	    &peers, &(struct peers_spec){
			.version = S2N_TLS10, .suite = 5, .key = CERTS_RSA });
	if (!cipher_available(&cipher_rc4)) {
		peers_close(&peers);
		return; /* this libcrypto has none to move */
	}
	ck_assert(peers_negotiate(&peers));
	ck_error(s2n_connection_serialize(peers.server, bytes, ROOM),
	    "S2N_ERR_INVALID_STATE");
	peers_transfer(peers.client, peers.server, 10);
	peers_close(&peers);
}
END_TEST

/* Every cut, and each field with what it may not have. */
START_TEST(malformed_bytes_are_refused)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} fields[] = {
		{ "no version", 7, 0 },
		{ "version 2", 7, 2 },
		{ "a great version", 0, 1 },
		{ "a protocol of nobody", 9, 5 },
		{ "a version that the suite is not for", 9, 3 },
		{ "a suite of nobody", 11, 0x77 },
		{ "no fragment", 28, 0 },
		{ "a fragment too long", 28, 0x41 },
	};
	struct peers peers;
	struct s2n_connection *conn;
	uint8_t bytes[ROOM], bad[ROOM];
	uint32_t len = 0;

	open_pair(&peers,
	    &(struct peers_spec){ .version = S2N_TLS13, .suite = 0x1301 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(
	    s2n_connection_serialization_length(peers.server, &len), 0);
	ck_assert_int_eq(
	    s2n_connection_serialize(peers.server, bytes, ROOM), 0);
	bytes[29] = 0; /* so that byte 28 alone tells the fragment */
	conn = fresh(&peers, S2N_SERVER);
	for (size_t i = 0; i < COUNT(fields); i++) {
		memcpy(bad, bytes, len);
		bad[fields[i].at] = fields[i].value;
		ck_assert_msg(s2n_connection_deserialize(conn, bad, len) == -1,
		    "%s", fields[i].what);
		ck_assert_str_eq(s2n_strerror_name(s2n_errno),
		    "S2N_ERR_INVALID_SERIALIZED_CONNECTION");
	}
	for (uint32_t cut = 0; cut < len; cut++) {
		uint8_t *part = malloc(cut + 1);

		memcpy(part, bytes, cut);
		ck_error(s2n_connection_deserialize(conn, part, cut),
		    "S2N_ERR_INVALID_SERIALIZED_CONNECTION");
		free(part);
	}
	/* it is as new after all that, and a larger buffer does no harm */
	ck_assert_int_eq(s2n_connection_deserialize(conn, bytes, ROOM), 0);
	ck_error(s2n_connection_deserialize(conn, bytes, len),
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(s2n_connection_free(peers.server), 0);
	peers.server = conn;
	both_ways(&peers, 100);
	peers_close(&peers);
}
END_TEST

static int
refuse(
    struct s2n_connection *conn, void *ctx, s2n_renegotiate_response *response)
{
	(void)conn;
	(void)ctx;
	*response = S2N_RENEGOTIATE_REJECT;
	return 0;
}

START_TEST(wrong_uses_are_refused)
{
	struct s2n_config *config = s2n_config_new_minimal();
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
	uint8_t bytes[ROOM] = { 0 };
	uint32_t len;

	ck_error(
	    s2n_config_set_serialization_version(NULL, S2N_SERIALIZED_CONN_V1),
	    "S2N_ERR_NULL");
	ck_error(s2n_config_set_serialization_version(
		     config, S2N_SERIALIZED_CONN_NONE),
	    "S2N_ERR_SAFETY");
	ck_error(s2n_config_set_serialization_version(
		     config, (s2n_serialization_version)2),
	    "S2N_ERR_SAFETY");
	ck_assert_int_eq(
	    s2n_config_set_renegotiate_request_cb(config, refuse, NULL), 0);
	ck_error(s2n_config_set_serialization_version(
		     config, S2N_SERIALIZED_CONN_V1),
	    "S2N_ERR_INVALID_STATE");
	ck_assert_int_eq(
	    s2n_config_set_renegotiate_request_cb(config, NULL, NULL), 0);
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     config, S2N_SERIALIZED_CONN_V1),
	    0);
	ck_error(s2n_config_set_renegotiate_request_cb(config, refuse, NULL),
	    "S2N_ERR_INVALID_STATE");
	/* a connection without a config */
	ck_error(s2n_connection_serialize(conn, bytes, ROOM), "S2N_ERR_NULL");
	ck_error(
	    s2n_connection_serialization_length(conn, &len), "S2N_ERR_NULL");
	ck_error(s2n_connection_deserialize(conn, bytes, ROOM), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_set_config(conn, config), 0);
	ck_error(s2n_connection_serialize(NULL, bytes, ROOM), "S2N_ERR_NULL");
	ck_error(s2n_connection_serialize(conn, NULL, ROOM), "S2N_ERR_NULL");
	ck_error(
	    s2n_connection_serialization_length(NULL, &len), "S2N_ERR_NULL");
	ck_error(
	    s2n_connection_serialization_length(conn, NULL), "S2N_ERR_NULL");
	ck_error(s2n_connection_deserialize(NULL, bytes, ROOM), "S2N_ERR_NULL");
	ck_error(s2n_connection_deserialize(conn, NULL, ROOM), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_connection_free(conn), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
}
END_TEST

static Suite *
serialize_suite(void)
{
	Suite *suite = suite_create("serialize");
	TCase *tcase = tcase_create("serialize");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(
	    tcase, it_goes_on_in_another_object, 0, (int)COUNT(ways));
	tcase_add_test(tcase, updated_keys_are_moved);
	tcase_add_test(tcase, the_bytes_are_as_described);
	tcase_add_test(tcase, it_must_be_open_idle_and_wanted);
	tcase_add_test(tcase, rc4_is_not_moved);
	tcase_add_test(tcase, malformed_bytes_are_refused);
	tcase_add_test(tcase, wrong_uses_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(serialize_suite)
