/*
 * What a connection agreed on (Guide: Connection Info).
 */
#include "libtls/cert/chain.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/schedule13.h"
#include "libtls/unstable/ktls.h"

#include <openssl/crypto.h>

#define NONE "NONE"
#define LABEL_MAX 249 /* RFC 8446 7.1: with "tls13 " 255 bytes */

const char *
s2n_get_server_name(struct s2n_connection *conn)
{
	return conn != NULL ? conn->server_name
			    : errors_none(fail(ERR_NULL_ARGUMENT));
}

const char *
s2n_get_application_protocol(struct s2n_connection *conn)
{
	return conn != NULL ? conn->protocol
			    : errors_none(fail(ERR_NULL_ARGUMENT));
}

/* Our own highest; without a policy the library's. */
static int
most_version(const struct s2n_connection *conn)
{
	return conn->config != NULL ? connection_most_version(conn) : S2N_TLS13;
}

/* Before they are known versions read as the highest we speak. */
int
s2n_connection_get_actual_protocol_version(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return conn->version != 0 ? conn->version : most_version(conn);
}

int
s2n_connection_get_client_protocol_version(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!is_server(conn) || conn->client_version == 0)
		return most_version(conn);
	return conn->client_version;
}

int
s2n_connection_get_server_protocol_version(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return is_server(conn) ? most_version(conn) : conn->version;
}

int
s2n_connection_get_client_hello_version(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->client_hello_v2)
		return S2N_SSLv2;
	/* RFC 8446 4.1.2: it goes no higher, whatever a client says. */
	if (conn->client_hello_version > WIRE_TLS12)
		return S2N_TLS12;
	return version_of_wire(conn->client_hello_version);
}

const char *
s2n_connection_get_cipher(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	return conn->suite != NULL ? conn->suite->openssl_name
				   : "TLS_NULL_WITH_NULL_NULL";
}

int
s2n_connection_get_cipher_iana_value(
    struct s2n_connection *conn, uint8_t *first, uint8_t *second)
{
	uint16_t number;

	if (conn == NULL || first == NULL || second == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	number = conn->suite != NULL ? conn->suite->number : 0;
	*first = (uint8_t)(number >> 8);
	*second = (uint8_t)number;
	return S2N_SUCCESS;
}

const char *
s2n_connection_get_curve(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	if (conn->group == NULL || conn->group->kind == GROUP_HYBRID)
		return NONE;
	return conn->group->name;
}

const char *
s2n_connection_get_kem_group_name(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	if (conn->group == NULL || conn->group->kind != GROUP_HYBRID)
		return NONE;
	return conn->group->name;
}

/* There is no hybrid key exchange below TLS 1.3. */
const char *
s2n_connection_get_kem_name(struct s2n_connection *conn)
{
	return conn != NULL ? NONE : errors_none(fail(ERR_NULL_ARGUMENT));
}

int
s2n_connection_get_key_update_counts(struct s2n_connection *conn,
    uint8_t *send_key_updates, uint8_t *recv_key_updates)
{
	if (conn == NULL || send_key_updates == NULL ||
	    recv_key_updates == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*send_key_updates = conn->updates_sent;
	*recv_key_updates = conn->updates_received;
	return S2N_SUCCESS;
}

int
s2n_connection_get_key_exchange_group(
    struct s2n_connection *conn, const char **group_name)
{
	if (conn == NULL || group_name == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->group == NULL)
		return errors_report(fail(ERR_INVALID_STATE));
	*group_name = conn->group->name;
	return S2N_SUCCESS;
}

int
s2n_connection_get_signature_scheme(
    struct s2n_connection *conn, const char **scheme_name)
{
	if (conn == NULL || scheme_name == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*scheme_name = "none";
	if (conn->server_scheme != NULL)
		*scheme_name = conn->version >= S2N_TLS13
				   ? conn->server_scheme->name
				   : conn->server_scheme->name_tls12;
	return S2N_SUCCESS;
}

int
s2n_connection_get_selected_signature_algorithm(
    struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg)
{
	if (conn == NULL || chosen_alg == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*chosen_alg = conn->server_scheme != NULL
			  ? conn->server_scheme->algorithm
			  : S2N_TLS_SIGNATURE_ANONYMOUS;
	return S2N_SUCCESS;
}

int
s2n_connection_get_selected_digest_algorithm(
    struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg)
{
	if (conn == NULL || chosen_alg == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*chosen_alg = conn->server_scheme != NULL ? conn->server_scheme->hash
						  : S2N_TLS_HASH_NONE;
	return S2N_SUCCESS;
}

int
s2n_connection_get_alert(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->alert_received < 0)
		return errors_report(fail(ERR_NO_ALERT));
	return conn->alert_received;
}

const char *
s2n_connection_get_last_message_name(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	if (conn->negotiated)
		return "APPLICATION_DATA";
	return handshake_message_name(conn->last_message, conn->last_sender);
}

struct s2n_cert_chain_and_key *
s2n_connection_get_selected_cert(struct s2n_connection *conn)
{
	return conn != NULL ? conn->own_chain
			    : errors_none(fail(ERR_NULL_ARGUMENT));
}

/* Nobody is handed names that may be a lie, unless he wants no proof. */
static int
copy_peer_chain(
    const struct s2n_connection *conn, struct s2n_cert_chain_and_key *out)
{
	if (conn->peer_chain == NULL)
		return fail(ERR_NO_CERT_FOUND);
	if (out->count > 0)
		return fail(ERR_INVALID_ARGUMENT);
	if (conn->peer_chain->path != NULL)
		return chain_copy_path(out, conn->peer_chain);
	return conn->config->check_x509 ? fail(ERR_CERT_NOT_VALIDATED)
					: chain_copy(out, conn->peer_chain);
}

int
s2n_connection_get_peer_cert_chain(const struct s2n_connection *conn,
    struct s2n_cert_chain_and_key *cert_chain)
{
	if (conn == NULL || cert_chain == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(copy_peer_chain(conn, cert_chain));
}

int
s2n_connection_get_certificate_match(
    struct s2n_connection *conn, s2n_cert_sni_match *match_status)
{
	if (conn == NULL || match_status == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!is_server(conn))
		return errors_report(fail(ERR_CLIENT_MODE));
	if (conn->cert_match == 0)
		return errors_report(fail(ERR_INVALID_STATE));
	*match_status = conn->cert_match;
	return S2N_SUCCESS;
}

int
s2n_connection_get_master_secret(
    const struct s2n_connection *conn, uint8_t *secret_bytes, size_t max_size)
{
	if (conn == NULL || secret_bytes == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (max_size < MASTER_SECRET_SIZE)
		return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
	if (!conn->negotiated || conn->moved || conn->version >= S2N_TLS13)
		return errors_report(fail(ERR_INVALID_STATE));
	memcpy(secret_bytes, conn->master, MASTER_SECRET_SIZE);
	return S2N_SUCCESS;
}

static int
export_keys(struct s2n_connection *conn, struct slice label,
    struct slice context, uint8_t *output, size_t len)
{
	char string[LABEL_MAX + 1];

	if (!conn->negotiated || conn->version < S2N_TLS13 || conn->moved ||
	    conn->restored)
		return fail(ERR_INVALID_STATE);
	if (label.len > LABEL_MAX || memchr(label.data, 0, label.len) != NULL)
		return fail(ERR_INVALID_ARGUMENT);
	memcpy(string, label.data, label.len);
	string[label.len] = '\0';
	return schedule13_export(
	    conn->suite->digest, conn->exporter, string, context, output, len);
}

int
s2n_connection_tls_exporter(struct s2n_connection *conn, const uint8_t *label,
    uint32_t label_length, const uint8_t *context, uint32_t context_length,
    uint8_t *output, uint32_t output_length)
{
	if (conn == NULL || label == NULL || context == NULL || output == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(export_keys(conn, slice_of(label, label_length),
	    slice_of(context, context_length), output, output_length));
}
