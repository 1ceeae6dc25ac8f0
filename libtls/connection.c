/*
 * The life of a connection (Guide: Connection).
 */

#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/crypto/library.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/kept_hello.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/resume.h"
#include "libtls/handshake/review.h"
#include "libtls/protocols.h"
#include "libtls/state/connection.h"

#define SERVER_NAME_MAX 255

static void
start(struct s2n_connection *conn, s2n_mode mode, struct s2n_config *config)
{
	*conn = (struct s2n_connection){ .mode = mode, .config = config };
	conn->alert_received = -1;
	conn->material_lifetime = TICKET_LIFETIME_MAX;
	record_init(&conn->records);
	writer_init(&conn->inbox.joined, MESSAGE_HEADER + MESSAGE_MAX);
	writer_init(&conn->early.context, UINT16_MAX);
}

/* Everything that is owned or secret. */
static void
clear(struct s2n_connection *conn)
{
	handshake_end(conn);
	kept_hello_free(conn->hello);
	record_free(&conn->records);
	writer_free(&conn->inbox.joined);
	s2n_cert_chain_and_key_free(conn->peer_chain);
	review_end(conn);
	staple_clear(&conn->ocsp);
	staple_clear(&conn->scts);
	psk_list_clear(&conn->psks);
	writer_free(&conn->early.context);
	session_drop(&conn->session);
	memory_free(conn->quic.own);
	memory_free(conn->quic.peer);
	memory_free(conn->server_name);
	memory_free(conn->protocol);
	memory_free(conn->handshake_type);
	memory_free(conn->protocols_override.data);
	OPENSSL_cleanse(conn, sizeof *conn);
}

struct s2n_connection *
s2n_connection_new(s2n_mode mode)
{
	struct s2n_connection *conn;
	int r = 0;

	if (!library_ready())
		r = fail(ERR_NOT_INITIALIZED);
	else if (mode != S2N_SERVER && mode != S2N_CLIENT)
		r = fail(ERR_INVALID_ARGUMENT);
	if (r != 0 || (conn = memory_new(sizeof *conn)) == NULL) {
		return errors_none(r != 0 ? r : fail(memory_lack()));
	}
	start(conn, mode, NULL);
	return conn;
}

int
s2n_connection_free(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	clear(conn);
	memory_free(conn);
	return S2N_SUCCESS;
}

int
s2n_connection_wipe(struct s2n_connection *conn)
{
	struct s2n_config *config;
	s2n_mode mode;

	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	mode = conn->mode;
	config = conn->config;
	clear(conn);
	start(conn, mode, config);
	return S2N_SUCCESS;
}

static int
set_config(struct s2n_connection *conn, struct s2n_config *config)
{
	int r;

	if (conn == NULL || config == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (conn->negotiated)
		return fail(ERR_INVALID_STATE);
	if (conn->mode == S2N_CLIENT &&
	    cert_store_default_count(config->certs) > 1)
		return fail(ERR_TOO_MANY_CERTIFICATES);
	if (cert_store_lacks_key(config->certs) && config->key_callback == NULL)
		return fail(ERR_NO_PRIVATE_KEY);
	if (conn->preference_override != NULL &&
	    (r = cert_store_check(config->certs, conn->preference_override)) !=
		0)
		return r;
	conn->config = config;
	return 0;
}

int
s2n_connection_set_config(
    struct s2n_connection *conn, struct s2n_config *config)
{
	return errors_report(set_config(conn, config));
}

int
s2n_connection_free_handshake(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->negotiated)
		handshake_end(conn);
	kept_hello_empty(conn->hello);
	s2n_cert_chain_and_key_free(conn->peer_chain);
	review_end(conn);
	conn->peer_chain = NULL;
	staple_clear(&conn->ocsp);
	memory_free(conn->protocols_override.data);
	conn->protocols_override = (struct protocol_list){ 0 };
	return S2N_SUCCESS;
}

int
s2n_connection_set_ctx(struct s2n_connection *conn, void *ctx)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->ctx = ctx;
	return S2N_SUCCESS;
}

void *
s2n_connection_get_ctx(struct s2n_connection *conn)
{
	return conn != NULL ? conn->ctx : errors_none(fail(ERR_NULL_ARGUMENT));
}

s2n_mode
s2n_connection_get_mode(struct s2n_connection *conn)
{
	return conn != NULL ? conn->mode : S2N_SERVER;
}

int
s2n_connection_append_protocol_preference(
    struct s2n_connection *conn, const uint8_t *protocol, uint8_t protocol_len)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(protocols_append(
	    &conn->protocols_override, protocol, protocol_len));
}

int
s2n_connection_set_protocol_preferences(struct s2n_connection *conn,
    const char *const *protocols, int protocol_count)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(protocols_set(
	    &conn->protocols_override, protocols, protocol_count));
}

static int
set_server_name(struct s2n_connection *conn, const char *name)
{
	char *copy;

	if (conn == NULL || name == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (conn->mode != S2N_CLIENT)
		return fail(ERR_CLIENT_MODE);
	if (strlen(name) > SERVER_NAME_MAX)
		return fail(ERR_SERVER_NAME_TOO_LONG);
	if ((copy = memory_copy(slice_of_string(name))) == NULL)
		return fail(memory_lack());
	memory_free(conn->server_name);
	conn->server_name = copy;
	return 0;
}

int
s2n_set_server_name(struct s2n_connection *conn, const char *server_name)
{
	return errors_report(set_server_name(conn, server_name));
}

int
s2n_connection_set_verify_host_callback(
    struct s2n_connection *conn, s2n_verify_host_fn host_fn, void *data)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->verify_host = host_fn;
	conn->verify_host_ctx = data;
	return S2N_SUCCESS;
}
