/*
 * inmemory's server on libssl, to compare with. Its own way to have signatures
 * made elsewhere is a provider or an engine: that kind is left out.
 */
#include "tests/bench/inmemory.h"

#include <stdlib.h>

#include <openssl/ssl.h>

struct server {
	SSL *ssl;
	BIO *in, *out; /* the SSL's */
	struct lane *from, *to;
};

static SSL_CTX *context;

static bool
set_up(const struct bench_plan *plan)
{
	int version = plan->tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;

	if (plan->kind == BENCH_OFFLOADED)
		return false;
	context = SSL_CTX_new(TLS_server_method());
	if (context == NULL ||
	    SSL_CTX_set_min_proto_version(context, version) != 1 ||
	    SSL_CTX_set_max_proto_version(context, version) != 1 ||
	    SSL_CTX_use_certificate_chain_file(context, plan->chain) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, plan->key, SSL_FILETYPE_PEM) !=
		1 ||
	    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") != 1 ||
	    SSL_CTX_set_cipher_list(context,
		"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256") !=
		1 ||
	    SSL_CTX_set1_groups_list(
		context, plan->tls12 ? "P-256" : "X25519") != 1 ||
	    SSL_CTX_set_num_tickets(context, plan->tickets) != 1 ||
	    SSL_CTX_set_session_id_context(
		context, (const unsigned char *)"bench", 5) != 1)
		bench_die("libssl");
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
	if (plan->kind != BENCH_RESUMED)
		SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	return true;
}

static void *
begin(struct lane *from, struct lane *to)
{
	struct server *server = malloc(sizeof *server);

	if (server == NULL)
		bench_die("no memory");
	*server = (struct server){ .from = from,
		.to = to,
		.ssl = SSL_new(context),
		.in = BIO_new(BIO_s_mem()),
		.out = BIO_new(BIO_s_mem()) };
	if (server->ssl == NULL || server->in == NULL || server->out == NULL)
		bench_die("libssl");
	SSL_set_bio(server->ssl, server->in, server->out);
	SSL_set_accept_state(server->ssl);
	return server;
}

static bool
step(void *arg)
{
	struct server *server = arg;
	uint8_t bytes[4096];
	size_t len;
	int got, r;

	while ((len = lane_take(server->from, bytes, sizeof bytes)) > 0)
		if (BIO_write(server->in, bytes, (int)len) != (int)len)
			bench_die("libssl");
	r = SSL_do_handshake(server->ssl);
	if (r != 1 && SSL_get_error(server->ssl, r) != SSL_ERROR_WANT_READ)
		bench_die("libssl: the handshake");
	while ((got = BIO_read(server->out, bytes, sizeof bytes)) > 0)
		lane_put(server->to, bytes, (size_t)got);
	return r == 1;
}

static void
elsewhere(void *arg)
{
	(void)arg;
}

static void
end(void *arg)
{
	struct server *server = arg;

	SSL_free(server->ssl);
	free(server);
}

const struct bench_server bench_libssl = { "libssl", set_up, begin, step,
	elsewhere, end };
