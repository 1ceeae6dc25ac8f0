/*
 * shim: makes TLS connections, one after the other, as the test runner of
 * BoringSSL says, and judges it. README.md beside it tells how the two talk.
 * Exit status: 0 all was as expected, 1 the connection or an expectation
 * failed, 89 not implemented.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "libtls/record/record.h"
#include "libtls/state/connection.h"
#include "libtls/unstable/renegotiate.h"
#include "tests/bogo/shim_errors.h"
#include "tests/bogo/shim_expect.h"
#include "tests/bogo/shim_files.h"
#include "tests/bogo/shim_options.h"
#include "tests/bogo/shim_preference.h"
#include "tests/bogo/shim_quic.h"
#include "tests/bogo/shim_request.h"
#include "tests/bogo/shim_sessions.h"
#include "tests/bogo/shim_transport.h"

#define READ_SIZE 512
#define READ_SIZE_MAX 65536
#define ALERT_DECOMPRESSION_FAILURE 30 /* RFC 5246 7.2.2 */

struct shim {
	struct options options;
	struct transport transport;
	struct shim_quic quic;
	struct s2n_cert_chain_and_key *pair;
	struct s2n_config *config;
	struct s2n_connection *conn;
	struct s2n_async_pkey_op *operation; /* waits for its turn */
	bool hello_waits;                    /* for its callback's end */
	bool asked;                          /* to renegotiate: not done yet */
	bool refused;                        /* to renegotiate: the end */
	bool closing;
	size_t greeted; /* bytes of the greeting, as early data */
	long renegotiations;
};

static const char greeting[] = "hello";

static bool again(struct shim *, s2n_blocked_status);

/* ---- waiting ---- */

/* The key is another's until the connection has been told to wait. */
static int
postpone(struct s2n_connection *conn, struct s2n_async_pkey_op *operation)
{
	struct shim *shim = s2n_connection_get_ctx(conn);

	shim->operation = operation;
	return S2N_SUCCESS;
}

static bool
operate(struct shim *shim)
{
	struct s2n_async_pkey_op *operation = shim->operation;
	bool done;

	if (operation == NULL)
		return false;
	shim->operation = NULL;
	done = s2n_async_pkey_op_perform(operation,
		   s2n_cert_chain_and_key_get_private_key(shim->pair)) == 0 &&
	       s2n_async_pkey_op_apply(operation, shim->conn) == 0;
	return s2n_async_pkey_op_free(operation) == 0 && done;
}

/* What goes along with the shim's certificate. */
static bool
staple(struct shim *shim)
{
	const struct bytes *ocsp = &shim->options.own_ocsp;

	return shim->pair == NULL ||
	       s2n_cert_chain_and_key_set_ocsp_data(
		   shim->pair, ocsp->at, (uint32_t)ocsp->len) == 0;
}

/* A ClientHello came: judged at once, or when the connection waits for it. */
static int
judge_hello(struct s2n_connection *conn, void *ctx)
{
	struct shim *shim = ctx;

	(void)conn;
	if (shim->options.refuses_hello ||
	    (shim->options.server && shim->options.fails_ocsp) ||
	    (shim->options.late_ocsp && !staple(shim)))
		return -1;
	shim->hello_waits = shim->options.async;
	return 0;
}

/* What the connection waits for and the application has to do. */
static bool
attend(struct shim *shim)
{
	if (!shim->hello_waits)
		return shim->operation != NULL ? operate(shim)
					       : sessions_waited();
	shim->hello_waits = false;
	return s2n_client_hello_cb_done(shim->conn) == 0;
}

/* A HelloRequest came. */
static int
consider(
    struct s2n_connection *conn, void *ctx, s2n_renegotiate_response *response)
{
	struct shim *shim = ctx;
	const struct options *options = &shim->options;

	(void)conn;
	if (!shim->closing &&
	    (options->renegotiates ||
		(options->renegotiates_once && shim->renegotiations == 0))) {
		*response = S2N_RENEGOTIATE_ACCEPT;
		shim->asked = shim->transport.paused = true;
	} else {
		*response = S2N_RENEGOTIATE_REJECT;
		shim->refused = shim->transport.paused = true;
	}
	return 0;
}

/* The application's part of it: application data in between is not expected. */
static bool
renegotiate(struct shim *shim)
{
	s2n_blocked_status blocked;
	uint8_t data[1];
	ssize_t len;

	shim->asked = shim->transport.paused = false;
	if (s2n_renegotiate_wipe(shim->conn) != 0)
		return false;
	while (
	    s2n_renegotiate(shim->conn, data, sizeof data, &len, &blocked) != 0)
		if (len > 0 || !again(shim, blocked))
			return false;
	shim->renegotiations++;
	return true;
}

/* Whether a call that failed is worth repeating. */
static bool
again(struct shim *shim, s2n_blocked_status blocked)
{
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		return false;
	if (blocked == S2N_BLOCKED_ON_APPLICATION_INPUT)
		return attend(shim);
	if (shim->refused)
		return false;
	if (shim->asked)
		return renegotiate(shim);
	if (transport_allow(&shim->transport, blocked))
		return true;
	fputs("blocked without a reason\n", stderr);
	return false;
}

/* ---- the connection's calls, to their end ---- */

/* Of QUIC an alert is the shim's to send; before any other call of the library,
 * which may change what went wrong. */
static void
tell_alert(struct shim *shim)
{
	uint8_t alert;

	if (shim->quic.alert < 0 && s2n_error_get_alert(s2n_errno, &alert) == 0)
		(void)!quic_alert(&shim->quic, alert);
}

static bool
failed(struct shim *shim)
{
	s2n_blocked_status blocked;

	if (shim->options.quic)
		tell_alert(shim);
	errors_explain(shim->conn);
	if (shim->options.quic && shim->quic.alert >= 0)
		errors_explain_alert(shim->quic.alert);
	/* Until the alert is out. */
	while (s2n_shutdown(shim->conn, &blocked) != 0 && again(shim, blocked))
		;
	return false;
}

static bool
negotiate(struct shim *shim)
{
	s2n_blocked_status blocked;

	while (s2n_negotiate(shim->conn, &blocked) != 0)
		if (!again(shim, blocked))
			return failed(shim);
	if (!shim->options.quic)
		return true;
	quic_complete(&shim->quic);
	while (s2n_flush(shim->conn, &blocked) != 0)
		if (!again(shim, blocked))
			return failed(shim);
	return true;
}

/* As much of it as is allowed; what is refused is sent again later. */
static bool
send_early(struct shim *shim, const char *text)
{
	s2n_blocked_status blocked;
	size_t len = strlen(text), sent = 0;
	uint32_t allowed;
	ssize_t part;
	int r;

	if (s2n_connection_get_max_early_data_size(shim->conn, &allowed) != 0)
		return failed(shim);
	len = len < allowed ? len : allowed;
	do {
		r = s2n_send_early_data(shim->conn,
		    (const uint8_t *)text + sent, (ssize_t)(len - sent), &part,
		    &blocked);
		sent += (size_t)part;
		if (r != 0 && !again(shim, blocked))
			return failed(shim);
	} while (r != 0);
	shim->greeted = sent;
	return true;
}

static bool
send_all(struct shim *shim, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	s2n_blocked_status blocked;
	size_t sent = 0;
	ssize_t taken;

	if (shim->options.quic)
		return quic_send(&shim->quic, bytes, len);
	do {
		taken = s2n_send(
		    shim->conn, at + sent, (ssize_t)(len - sent), &blocked);
		if (taken >= 0)
			sent += (size_t)taken;
		else if (!again(shim, blocked))
			return failed(shim);
	} while (taken < 0 || sent < len);
	return true;
}

/* As receive; messages that come in between are the library's. */
static ssize_t
receive_quic(struct shim *shim, void *bytes, size_t room)
{
	s2n_blocked_status blocked;
	size_t len;

	while ((len = quic_data(&shim->quic, bytes, room)) == 0) {
		if (!quic_message_waits(&shim->quic))
			return 0;
		while (quic_message_waits(&shim->quic))
			if (s2n_recv_quic_post_handshake_message(
				shim->conn, &blocked) != 0 &&
			    s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
				return -1;
			else
				(void)!transport_allow(
				    &shim->transport, S2N_BLOCKED_ON_READ);
	}
	return (ssize_t)len;
}

/* 0 at the peer's close_notify, -1 after a failure. */
static ssize_t
receive(struct shim *shim, void *bytes, size_t room)
{
	s2n_blocked_status blocked;
	ssize_t len;

	if (shim->options.quic)
		return receive_quic(shim, bytes, room);
	do
		len = s2n_recv(shim->conn, bytes, (ssize_t)room, &blocked);
	while (len < 0 && again(shim, blocked));
	return len;
}

static bool
shut_down(struct shim *shim)
{
	s2n_blocked_status blocked;

	shim->closing = true;
	while (s2n_shutdown(shim->conn, &blocked) != 0)
		if (!again(shim, blocked))
			return failed(shim);
	return true;
}

/* ---- what is done with an open connection ---- */

static bool
export_key(struct shim *shim)
{
	const struct options *options = &shim->options;
	const char *context = options->export_context;
	size_t len = (size_t)options->export_len;
	uint8_t *key;
	bool done;

	if (len == 0)
		return true;
	if (s2n_connection_get_actual_protocol_version(shim->conn) < S2N_TLS13)
		unimplemented("an exporter below TLS 1.3");
	if ((key = malloc(len)) == NULL)
		return false;
	done = s2n_connection_tls_exporter(shim->conn,
		   (const uint8_t *)options->export_label,
		   (uint32_t)strlen(options->export_label),
		   (const uint8_t *)context, (uint32_t)strlen(context), key,
		   (uint32_t)len) == 0;
	if (!done)
		errors_explain(shim->conn);
	done = done && send_all(shim, key, len);
	free(key);
	return done;
}

static bool
send_sizes(struct shim *shim)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 257, 16383, 16384,
		16385, 32767, 32768, 32769 };
	static uint8_t bytes[32769];

	memset(bytes, 0x42, sizeof bytes);
	for (size_t i = 0; i < COUNT(sizes); i++)
		if (!send_all(shim, bytes, sizes[i]))
			return false;
	return true;
}

/* No call of the library sends an alert of the application's choice. */
static bool
send_alert(struct shim *shim)
{
	static const uint8_t alert[] = { 2, ALERT_DECOMPRESSION_FAILURE };
	struct record_layer *records = &shim->conn->records;
	int r;

	if (shim->options.quic)
		return quic_alert(&shim->quic, ALERT_DECOMPRESSION_FAILURE);
	r = record_write(records, CONTENT_ALERT, slice_of(alert, sizeof alert));
	while (r == 0 || r == ERR_WANT_WRITE) {
		if ((r = io_flush(&records->io)) == 0)
			return true;
		if (!transport_allow(&shim->transport, S2N_BLOCKED_ON_WRITE))
			return false;
	}
	return false;
}

/* The length in two bytes, low first; read, then write secret. */
static bool
export_secrets(struct shim *shim)
{
	const struct record_layer *records = &shim->conn->records;
	uint8_t bytes[2 + 2 * DIGEST_MAX];
	size_t len = shim->conn->suite->digest->size;

	bytes[0] = (uint8_t)len;
	bytes[1] = 0;
	memcpy(bytes + 2, records->in.secret, len);
	memcpy(bytes + 2 + len, records->out.secret, len);
	return send_all(shim, bytes, 2 + 2 * len);
}

/* Half of the greeting is written, then something is read. */
static bool
leave_unfinished(struct shim *shim, const char *text)
{
	s2n_blocked_status blocked;
	ssize_t taken =
	    s2n_send(shim->conn, text, (ssize_t)strlen(text), &blocked);

	if (taken < 0 && s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		return true;
	fputs("the write did not block\n", stderr);
	return false;
}

static bool
answer(struct shim *shim, uint8_t *bytes, size_t len)
{
	if (shim->options.updates_keys &&
	    s2n_connection_request_key_update(
		shim->conn, S2N_KEY_UPDATE_NOT_REQUESTED) != 0) {
		errors_explain(shim->conn);
		return false;
	}
	for (size_t i = 0; i < len; i++)
		bytes[i] ^= 0xff;
	return send_all(shim, bytes, len);
}

/* Only a test of closing minds that the peer has just gone. */
static bool
ended(struct shim *shim, ssize_t len)
{
	if (len == 0)
		return true;
	if (!shim->options.check_close &&
	    s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED)
		return true;
	return failed(shim);
}

static bool
echo(struct shim *shim, const char *unfinished)
{
	static uint8_t bytes[READ_SIZE_MAX];
	size_t room = shim->options.read_size > 0
			  ? (size_t)shim->options.read_size
			  : READ_SIZE;
	ssize_t len;

	if (room > sizeof bytes)
		unimplemented("such a read size");
	while ((len = receive(shim, bytes, room)) > 0) {
		if (unfinished != NULL &&
		    !send_all(shim, unfinished, strlen(unfinished)))
			return false;
		unfinished = NULL;
		if (!answer(shim, bytes, (size_t)len))
			return false;
	}
	return ended(shim, len);
}

static bool
converse(struct shim *shim)
{
	const struct options *options = &shim->options;
	if (options->extra_handshake && !negotiate(shim))
		return false;
	if (!export_key(shim) ||
	    (options->export_secrets && !export_secrets(shim)))
		return false;
	if (options->sends_alert)
		return send_alert(shim);
	if (options->record_sizes && !send_sizes(shim))
		return false;
	if (options->record_sizes)
		return true;
	if (options->unfinished_write) {
		if (!leave_unfinished(shim, greeting))
			return false;
		return echo(shim, greeting);
	}
	if (options->writes_first && shim->greeted < strlen(greeting) &&
	    !send_all(shim, greeting + shim->greeted,
		strlen(greeting) - shim->greeted))
		return false;
	return options->shuts_down || echo(shim, NULL);
}

/* ---- setting up ---- */

static bool
own_protocols(struct shim *shim)
{
	const char *at = shim->options.own_protocols;
	const char *chosen = shim->options.chosen_protocol;

	while (at != NULL && *at != '\0') {
		uint8_t len = (uint8_t)*at;

		if (strlen(at + 1) < len ||
		    s2n_config_append_protocol_preference(
			shim->config, (const uint8_t *)at + 1, len) != 0)
			return false;
		at += 1 + len;
	}
	if (shim->options.reject_protocols)
		chosen = "none of them";
	return chosen == NULL ||
	       s2n_config_append_protocol_preference(shim->config,
		   (const uint8_t *)chosen, (uint8_t)strlen(chosen)) == 0;
}

/* Keys of a kind that the library has not. */
static bool
own_pair(struct shim *shim)
{
	const struct options *options = &shim->options;

	if (options->cert_file == NULL || options->key_file == NULL)
		return options->cert_file == options->key_file;
	shim->pair = files_chain(options->cert_file, options->key_file);
	if (shim->pair == NULL) {
		errors_explain(NULL);
		unimplemented("such a key");
	}
	return s2n_config_add_cert_chain_and_key_to_store(
		   shim->config, shim->pair) == 0;
}

static bool
stapling(struct shim *shim)
{
	const struct options *options = &shim->options;
	const struct bytes *scts = &options->own_scts;

	if (!options->server && options->fails_ocsp)
		unimplemented("a client's word on a staple");
	if (!options->late_ocsp && !options->declines_ocsp && !staple(shim))
		return false;
	if (shim->pair != NULL &&
	    s2n_cert_chain_and_key_set_sct_list(
		shim->pair, scts->at, (uint32_t)scts->len) != 0)
		return false;
	/* The flag is a client's: this server asks no client for a staple. */
	return (!options->asks_ocsp || options->server ||
		   s2n_config_set_status_request_type(
		       shim->config, S2N_STATUS_REQUEST_OCSP) == 0) &&
	       (!options->asks_scts ||
		   s2n_config_set_ct_support_level(
		       shim->config, S2N_CT_SUPPORT_REQUEST) == 0);
}

/* Clients are nobody in particular. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

/* The runner's certificates are signed by themselves or by nobody. */
static bool
trust(struct shim *shim)
{
	const struct options *options = &shim->options;

	if (options->server && s2n_config_set_verify_host_callback(
				   shim->config, any_name, NULL) != 0)
		return false;
	if (options->server && options->require_certificate)
		return s2n_config_set_client_auth_type(
			   shim->config, S2N_CERT_AUTH_REQUIRED) == 0;
	if (options->server && options->verify_peer)
		return s2n_config_set_client_auth_type(
			   shim->config, S2N_CERT_AUTH_OPTIONAL) == 0;
	return true;
}

static bool
configure(struct shim *shim)
{
	const struct options *options = &shim->options;

	shim->config = s2n_config_new_minimal();
	if (shim->config == NULL || !own_pair(shim) || !own_protocols(shim) ||
	    !stapling(shim) || !trust(shim) ||
	    !sessions_configure(shim->config, options) ||
	    !request_configure(shim->config, options, shim->pair) ||
	    s2n_config_set_max_cert_chain_depth(shim->config, UINT16_MAX) !=
		0 ||
	    s2n_config_set_max_blinding_delay(shim->config, 0) != 0 ||
	    s2n_config_set_alert_behavior(
		shim->config, S2N_ALERT_IGNORE_WARNINGS) != 0)
		return false;
	if (!options->verify_fail &&
	    s2n_config_disable_x509_verification(shim->config) != 0)
		return false;
	if (s2n_config_set_client_hello_cb(shim->config, judge_hello, shim) !=
		0 ||
	    s2n_config_set_client_hello_cb_mode(shim->config,
		options->async ? S2N_CLIENT_HELLO_CB_NONBLOCKING
			       : S2N_CLIENT_HELLO_CB_BLOCKING) != 0)
		return false;
	if (!options->ignores_requests && !options->server &&
	    s2n_config_set_renegotiate_request_cb(
		shim->config, consider, shim) != 0)
		return false;
	if (options->async && shim->pair != NULL &&
	    s2n_config_set_async_pkey_callback(shim->config, postpone) != 0)
		return false;
	shim->config->preference = preference_of(options);
	return true;
}

static bool
make_connection(struct shim *shim)
{
	const struct options *options = &shim->options;

	shim->conn =
	    s2n_connection_new(options->server ? S2N_SERVER : S2N_CLIENT);
	if (shim->conn != NULL && options->max_fragment != 0)
		shim->conn->records.fragment_max =
		    (uint16_t)options->max_fragment;
	return shim->conn != NULL &&
	       s2n_connection_set_config(shim->conn, shim->config) == 0 &&
	       s2n_connection_set_ctx(shim->conn, shim) == 0 &&
	       s2n_connection_set_recv_buffering(
		   shim->conn, options->buffers) == 0 &&
	       s2n_connection_set_quic_transport_parameters(shim->conn,
		   options->own_parameters.at,
		   (uint16_t)options->own_parameters.len) == 0 &&
	       (options->quic
		       ? quic_attach(&shim->quic, &shim->transport, shim->conn)
		       : transport_attach(&shim->transport, shim->conn)) &&
	       (options->server || sessions_offer(shim->conn)) &&
	       (options->host_name == NULL ||
		   s2n_set_server_name(shim->conn, options->host_name) == 0);
}

/* The handshake, with a client's greeting as early data where that is asked
 * for; once it is refused, other options count. */
static bool
open_connection(struct shim *shim, const struct options *retry)
{
	s2n_early_data_status_t status;

	if (shim->options.quic &&
	    (shim->options.early_data || shim->options.unfinished_write))
		unimplemented("such data with QUIC");
	if (shim->options.legacy_codepoint != 0)
		unimplemented("transport parameters before RFC 9001");
	if (shim->options.early_data && shim->options.server)
		unimplemented("data before the client's Finished");
	if (shim->options.early_data && shim->options.unfinished_write)
		unimplemented("early data left unfinished");
	if (shim->options.early_data && shim->options.writes_first &&
	    !send_early(shim, greeting))
		return false;
	if (!negotiate(shim) || !expect_early_data(shim->conn, &shim->options))
		return false;
	(void)!s2n_connection_get_early_data_status(shim->conn, &status);
	if (status != S2N_EARLY_DATA_STATUS_END)
		shim->greeted = 0;
	if (status == S2N_EARLY_DATA_STATUS_REJECTED)
		shim->options = *retry;
	return true;
}

static bool
run(struct shim *shim, const struct options *retry, bool resumes)
{
	const struct options *options = &shim->options;

	if (!open_connection(shim, retry) || !request_seen(options) ||
	    !expect_all(
		shim->conn, options, shim->transport.extended_master, resumes))
		return false;
	return converse(shim) &&
	       expect_session(shim->conn, options,
		   !options->server && sessions_take(shim->conn)) &&
	       (!options->check_close || shut_down(shim)) &&
	       expect_renegotiations(options, shim->renegotiations);
}

static bool
connection(
    const struct options *options, const struct options *retry, bool resumes)
{
	struct shim shim = { .options = *options };
	bool good;

	/* Ways of the application that must make no difference. */
	if (getenv("SHIM_ASYNC") != NULL)
		shim.options.async = true;
	shim.options.buffers = getenv("SHIM_BUFFERING") != NULL;
	shim.transport.async = shim.options.async;
	if (!configure(&shim) || !make_connection(&shim)) {
		errors_explain(NULL);
		return false;
	}
	if (!transport_connect(&shim.transport, (uint16_t)shim.options.port)) {
		perror("connect");
		return false;
	}
	good = run(&shim, retry, resumes);
	if (shim.refused) {
		fputs(
		    "a HelloRequest was refused :NO_RENEGOTIATION:\n", stderr);
		good = false;
	}
	transport_close(&shim.transport);
	(void)!s2n_connection_free(shim.conn);
	(void)!s2n_config_free(shim.config);
	s2n_cert_chain_and_key_free(shim.pair);
	return good;
}

/* Before anything is connected: of the reasons for what becomes of early data
 * the library tells but that nobody wants any. */
static void
judge_reasons(const struct options options[CONNECTIONS])
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (options[i].early_reason != NULL &&
		    strcmp(options[i].early_reason, "disabled") != 0)
			unimplemented("a reason other than that");
}

int
main(int argc, char **argv)
{
	static struct options options[CONNECTIONS];
	bool good;

	/* Asked once, before all tests. */
	if (argc > 1 && strcmp(argv[1], "-is-handshaker-supported") == 0) {
		puts("No");
		return 0;
	}
	options_parse(argc, argv, options);
	judge_reasons(options);
	signal(SIGPIPE, SIG_IGN);
	if (s2n_init() != 0) {
		errors_explain(NULL);
		return 1;
	}
	good = connection(&options[INITIAL], &options[RETRY], false);
	for (long i = 0; good && i < options[INITIAL].resumptions; i++) {
		sessions_wait(options[INITIAL].delay);
		good = connection(&options[RESUMPTION], &options[RETRY], true);
	}
	return good ? 0 : 1;
}
