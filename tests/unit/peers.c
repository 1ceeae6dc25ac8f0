/*
 * A client and a server in memory; the contract is in peers.h.
 */
#include "tests/unit/peers.h"

#include <errno.h>

#include <openssl/pem.h>

#include "libtls/registry/iana.h"
#include "libtls/state/config.h"
#include "tests/unit/unit.h"
#include "unstable/npn.h"

#define PIPE_LIMIT (1 << 24)
#define TURNS_MAX 2000000
#define HOST "localhost"
#define BROAD_POLICY "CloudFront-SSL-v-3"

/* True when this call has to block, which the next then has not. */
static bool
hiccups(struct pipe *pipe)
{
	if (!pipe->hiccup)
		return false;
	pipe->blocked = !pipe->blocked;
	return pipe->blocked;
}

int
pipe_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	struct pipe *pipe = ctx;
	size_t have = pipe->bytes.len - pipe->taken;

	if (have == 0 && pipe->closed)
		return 0;
	if (have == 0 || hiccups(pipe)) {
		errno = EAGAIN;
		return -1;
	}
	if (len > have)
		len = (uint32_t)have;
	if (pipe->step > 0 && len > pipe->step)
		len = (uint32_t)pipe->step;
	memcpy(buf, pipe->bytes.data + pipe->taken, len);
	pipe->taken += len;
	return (int)len;
}

int
pipe_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	struct pipe *pipe = ctx;
	size_t have = pipe->bytes.len - pipe->taken;

	if ((pipe->room > 0 && have >= pipe->room) || hiccups(pipe)) {
		errno = EAGAIN;
		return -1;
	}
	if (pipe->step > 0 && len > pipe->step)
		len = (uint32_t)pipe->step;
	if (pipe->room > 0 && len > pipe->room - have)
		len = (uint32_t)(pipe->room - have);
	writer_bytes(&pipe->bytes, slice_of(buf, len));
	ck_assert(!pipe->bytes.failed);
	return (int)len;
}

static int
keep_pending(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	struct peers *peers = s2n_connection_get_ctx(conn);
	s2n_async_pkey_op_type type;

	ck_assert_ptr_null(peers->pending);
	peers->pending = op;
	peers->pending_for = conn;
	peers->key_operations++;
	ck_assert_int_eq(s2n_async_pkey_op_get_op_type(op, &type), 0);
	peers->decryptions += type == S2N_ASYNC_DECRYPT ? 1 : 0;
	return S2N_SUCCESS;
}

static void
finish_pending(struct peers *peers)
{
	struct s2n_async_pkey_op *op = peers->pending;

	if (op == NULL)
		return;
	peers->pending = NULL;
	ck_assert_int_eq(
	    s2n_async_pkey_op_perform(
		op, s2n_cert_chain_and_key_get_private_key(
			s2n_connection_get_selected_cert(peers->pending_for))),
	    0);
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, peers->pending_for), 0);
	ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
}

static void
open_pipe(struct pipe *pipe, bool slow)
{
	*pipe = (struct pipe){ .step = slow ? 1 : 0, .hiccup = slow };
	writer_init(&pipe->bytes, PIPE_LIMIT);
}

/* Once the config's policy is known: the same without the first group. */
static void
configure_retry(struct peers *peers)
{
	peers->restricted = *peers->server_config->preference;
	peers->restricted.groups.numbers++;
	peers->restricted.groups.count--;
	peers->server_config->preference = &peers->restricted;
}

/* Parameters of RFC 7919, as a server's PEM file has them. */
static void
add_dhparams(struct s2n_config *config)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *parameters = NULL;
	char pem[2000] = { 0 };

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_group_name(ctx, "ffdhe2048"), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &parameters), 1);
	ck_assert_int_eq(PEM_write_bio_Parameters(bio, parameters), 1);
	ck_assert_int_gt(BIO_read(bio, pem, sizeof pem - 1), 0);
	ck_assert_int_eq(s2n_config_add_dhparams(config, pem), 0);
	EVP_PKEY_free(parameters);
	EVP_PKEY_CTX_free(ctx);
	BIO_free(bio);
}

#define ED25519_POLICY "sallyport_ed25519"

static const struct preference *
narrow(struct peers *peers, const struct peers_spec *spec, s2n_mode mode)
{
	uint8_t most =
	    mode == S2N_SERVER ? spec->server_most : spec->client_most;
	struct preference *narrow = &peers->narrow[mode];
	const struct preference *base;

	/* Groups and schemes of a policy that goes down to SSLv3. */
	ck_assert_int_eq(preference_find(BROAD_POLICY, &base), 0);
	*narrow = *base;
	if (spec->key == CERTS_ED25519) {
		ck_assert_int_eq(preference_find(ED25519_POLICY, &base), 0);
		narrow->schemes = base->schemes;
	}
	narrow->min_version = spec->version;
	narrow->max_version = most != 0 ? most : spec->version;
	narrow->suites.numbers = peers->suites;
	narrow->suites.count = COUNT(peers->suites);
	return narrow;
}

static void
configure_version(struct peers *peers, const struct peers_spec *spec)
{
	peers->suites[0] = spec->suite;
	peers->suites[1] = TLS_AES_128_GCM_SHA256; /* where it fits */
	peers->client_config->preference = narrow(peers, spec, S2N_CLIENT);
	peers->server_config->preference = narrow(peers, spec, S2N_SERVER);
	if (preference_has_exchange(peers->server_config->preference, KX_DHE))
		add_dhparams(peers->server_config);
}

/* A client's name is not the server's. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

static void
configure_client_auth(struct peers *peers, const struct peers_spec *spec,
    const struct certs_cert *ca)
{
	const struct certs_cert *leaf;

	ck_assert_int_eq(s2n_config_set_client_auth_type(
			     peers->server_config, spec->client_auth),
	    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers->server_config, ca->pem),
	    0);
	ck_assert_int_eq(s2n_config_set_verify_host_callback(
			     peers->server_config, any_name, NULL),
	    0);
	if (spec->pending_key)
		ck_assert_int_eq(s2n_config_set_async_pkey_callback(
				     peers->client_config, keep_pending),
		    0);
	if (!spec->client_cert)
		return;
	leaf = certs_make(&(struct certs_spec){
	    .name = "client", .issuer = ca, .key = spec->key });
	peers->client_chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(peers->client_chain,
			     certs_chain_pem(leaf), leaf->key_pem),
	    0);
	ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
			     peers->client_config, peers->client_chain),
	    0);
}

static void
configure_staples(struct peers *peers)
{
	static const uint8_t response[] = "a response", list[] = "a list";

	ck_assert_int_eq(s2n_config_set_status_request_type(
			     peers->client_config, S2N_STATUS_REQUEST_OCSP),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_check_stapled_ocsp_response(peers->client_config, 0),
	    0);
	ck_assert_int_eq(s2n_config_set_ct_support_level(
			     peers->client_config, S2N_CT_SUPPORT_REQUEST),
	    0);
	ck_assert_int_eq(s2n_cert_chain_and_key_set_ocsp_data(
			     peers->chain, response, sizeof response),
	    0);
	ck_assert_int_eq(s2n_cert_chain_and_key_set_sct_list(
			     peers->chain, list, sizeof list),
	    0);
}

static void
configure(struct peers *peers, const struct peers_spec *spec)
{
	const struct certs_cert *ca =
	    certs_make(&(struct certs_spec){ .name = "CA", .ca = true });
	const struct certs_cert *leaf = certs_make(&(struct certs_spec){
	    .name = HOST, .issuer = ca, .key = spec->key });
	const char *protocol;

	peers->server_config = s2n_config_new_minimal();
	peers->client_config = s2n_config_new_minimal();
	peers->chain = s2n_cert_chain_and_key_new();
	ck_assert_int_eq(s2n_cert_chain_and_key_load_pem(peers->chain,
			     certs_chain_pem(leaf), leaf->key_pem),
	    0);
	if (!spec->no_chain)
		ck_assert_int_eq(s2n_config_add_cert_chain_and_key_to_store(
				     peers->server_config, peers->chain),
		    0);
	ck_assert_int_eq(
	    s2n_config_add_pem_to_trust_store(peers->client_config, ca->pem),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_cipher_preferences(peers->server_config,
		spec->server_policy ? spec->server_policy : "default_tls13"),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_cipher_preferences(peers->client_config,
		spec->client_policy ? spec->client_policy : "default_tls13"),
	    0);
	if ((protocol = spec->alpn_server) != NULL)
		ck_assert_int_eq(s2n_config_set_protocol_preferences(
				     peers->server_config, &protocol, 1),
		    0);
	if ((protocol = spec->alpn_client) != NULL)
		ck_assert_int_eq(s2n_config_set_protocol_preferences(
				     peers->client_config, &protocol, 1),
		    0);
	ck_assert_int_eq(
	    s2n_config_set_npn(peers->server_config, spec->npn), 0);
	ck_assert_int_eq(
	    s2n_config_set_npn(peers->client_config, spec->npn), 0);
	if (spec->pending_key)
		ck_assert_int_eq(s2n_config_set_async_pkey_callback(
				     peers->server_config, keep_pending),
		    0);
	if (spec->staples)
		configure_staples(peers);
	configure_client_auth(peers, spec, ca);
	if (spec->version != 0)
		configure_version(peers, spec);
	if (spec->retry)
		configure_retry(peers);
}

static struct s2n_connection *
connect_side(
    s2n_mode mode, struct s2n_config *config, struct pipe *in, struct pipe *out)
{
	struct s2n_connection *conn = s2n_connection_new(mode);

	ck_assert_ptr_nonnull(conn);
	ck_assert_int_eq(s2n_connection_set_config(conn, config), 0);
	s2n_connection_set_recv_cb(conn, pipe_recv);
	s2n_connection_set_send_cb(conn, pipe_send);
	s2n_connection_set_recv_ctx(conn, in);
	s2n_connection_set_send_ctx(conn, out);
	s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING);
	return conn;
}

static void
join(struct peers *peers, bool slow)
{
	open_pipe(&peers->to_server, slow);
	open_pipe(&peers->to_client, slow);
	peers->client = connect_side(S2N_CLIENT, peers->client_config,
	    &peers->to_client, &peers->to_server);
	peers->server = connect_side(S2N_SERVER, peers->server_config,
	    &peers->to_server, &peers->to_client);
	s2n_connection_set_ctx(peers->server, peers);
	s2n_connection_set_ctx(peers->client, peers);
	ck_assert_int_eq(s2n_set_server_name(peers->client, HOST), 0);
	if (peers->prepare != NULL)
		peers->prepare(peers);
}

static void
disconnect(struct peers *peers)
{
	if (peers->pending != NULL)
		s2n_async_pkey_op_free(peers->pending);
	peers->pending = NULL;
	s2n_connection_free(peers->client);
	s2n_connection_free(peers->server);
	writer_free(&peers->to_server.bytes);
	writer_free(&peers->to_client.bytes);
}

void
peers_open(struct peers *peers, const struct peers_spec *spec)
{
	*peers = (struct peers){ .prepare = spec->prepare };
	configure(peers, spec);
	join(peers, spec->slow);
}

void
peers_reconnect(struct peers *peers)
{
	bool slow = peers->to_server.hiccup;

	disconnect(peers);
	peers->client_error = peers->server_error = 0;
	join(peers, slow);
}

/* True when it is done; notes an error that is not waiting. */
static bool
turn(struct s2n_connection *conn, int *error)
{
	s2n_blocked_status blocked;

	if (s2n_negotiate(conn, &blocked) == S2N_SUCCESS)
		return true;
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		*error = s2n_errno;
	return false;
}

/* Before its handshake, until no more is to be sent: then true. */
static bool
send_early(struct peers *peers)
{
	static const uint8_t data[PEERS_EARLY_MAX];
	s2n_blocked_status blocked;
	ssize_t done = 0;
	int r = 0;

	if (peers->early_left == 0)
		return true;
	ck_assert_uint_le(peers->early_left, sizeof data);
	r = s2n_send_early_data(
	    peers->client, data, (ssize_t)peers->early_left, &done, &blocked);
	/* What is refused is not sent. */
	peers->early_left -= r == 0 ? peers->early_left : (size_t)done;
	if (r != 0 && s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		peers->client_error = s2n_errno;
	return r == 0;
}

/* Likewise, until there is no more. */
static bool
take_early(struct peers *peers)
{
	uint8_t data[PEERS_EARLY_MAX];
	s2n_blocked_status blocked;
	ssize_t done = 0;
	int r;

	if (!peers->early_taken)
		return true;
	r = s2n_recv_early_data(
	    peers->server, data, sizeof data, &done, &blocked);
	peers->early_got += (size_t)done;
	peers->early_taken = r != 0;
	if (r != 0 && s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		peers->server_error = s2n_errno;
	return r == 0;
}

bool
peers_negotiate(struct peers *peers)
{
	bool client = false, server = false;

	for (int i = 0; i < TURNS_MAX && !(client && server); i++) {
		if (!client && peers->client_error == 0 && send_early(peers))
			client = turn(peers->client, &peers->client_error);
		finish_pending(peers);
		if (!server && peers->server_error == 0 && take_early(peers))
			server = turn(peers->server, &peers->server_error);
		if (peers->client_error != 0 && peers->server_error != 0)
			break;
		if ((peers->client_error != 0 && server) ||
		    (peers->server_error != 0 && client))
			break;
	}
	return client && server;
}

void
peers_close(struct peers *peers)
{
	disconnect(peers);
	s2n_config_free(peers->client_config);
	s2n_config_free(peers->server_config);
	s2n_cert_chain_and_key_free(peers->chain);
	s2n_cert_chain_and_key_free(peers->client_chain);
	certs_free_all();
}

void
peers_transfer(
    struct s2n_connection *from, struct s2n_connection *to, size_t len)
{
	uint8_t *sent = malloc(len), *got = malloc(len);
	size_t out = 0, in = 0;
	s2n_blocked_status blocked;
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		sent[i] = (uint8_t)(i * 31 + 7);
	for (int i = 0; i < TURNS_MAX && in < len; i++) {
		if (out < len) {
			n = s2n_send(
			    from, sent + out, (ssize_t)(len - out), &blocked);
			ck_assert_msg(n >= 0 || s2n_error_get_type(s2n_errno) ==
						    S2N_ERR_T_BLOCKED,
			    "send: %s", s2n_strerror_debug(s2n_errno, NULL));
			out += n > 0 ? (size_t)n : 0;
		}
		n = s2n_recv(to, got + in, (ssize_t)(len - in), &blocked);
		ck_assert_msg(n >= 0 || s2n_error_get_type(s2n_errno) ==
					    S2N_ERR_T_BLOCKED,
		    "recv: %s", s2n_strerror_debug(s2n_errno, NULL));
		in += n > 0 ? (size_t)n : 0;
	}
	ck_assert_uint_eq(in, len);
	ck_assert_mem_eq(sent, got, len);
	free(sent);
	free(got);
}
