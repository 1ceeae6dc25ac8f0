/*
 * The table of errors; the contract is in shim_errors.h. The runner tells far
 * more reasons apart than the library does, so that a row has several of its
 * names: each is a reason for which the library may fail with that error.
 */
#include "tests/bogo/shim_errors.h"

#include <string.h>

#include "libtls/core/errors.h"

#define ALERT_DECOMPRESSION 30 /* RFC 5246 7.2.2: of no use to the library */

static const char *const sentences[] = {
#define ERR(code, type, index, name, alert, text) text,
	ERROR_TABLE(ERR)
#undef ERR
};

static const char *const labels[] = {
#define ERR(code, type, index, name, alert, text) #code,
	ERROR_TABLE(ERR)
#undef ERR
};

/* clang-format off */
static const char *const names[ERR_COUNT] = {
	[ERR_CLOSED] = "Unexpected SSL_shutdown result: -1 != 1",
	[ERR_RENEGOTIATION_INFO] = ":RENEGOTIATION_MISMATCH:",
	[ERR_DECODE] = ":DECODE_ERROR: :PARSE_TLSEXT: :BAD_ALERT: :BAD_CHANGE_CIPHER_SPEC: "
	    ":PEER_DID_NOT_RETURN_A_CERTIFICATE: :BAD_HELLO_REQUEST:",
	[ERR_BAD_MESSAGE] = ":UNEXPECTED_MESSAGE: :UNEXPECTED_RECORD: :EXCESS_HANDSHAKE_DATA: "
	    ":APPLICATION_DATA_INSTEAD_OF_HANDSHAKE: :HTTP_REQUEST: :HTTPS_PROXY_REQUEST: "
	    ":WRONG_VERSION_NUMBER: :INVALID_OUTER_RECORD_TYPE: :TOO_MANY_EMPTY_FRAGMENTS: "
	    ":TOO_MANY_KEY_UPDATES: :TOO_MUCH_SKIPPED_EARLY_DATA: :DECRYPTION_FAILED_OR_BAD_RECORD_MAC: "
	":BAD_HELLO_REQUEST:",
	[ERR_ILLEGAL_PARAMETER] = ":DECODE_ERROR: :ERROR_PARSING_EXTENSION: :INVALID_COMPRESSION_LIST: "
	    ":UNSUPPORTED_COMPRESSION_ALGORITHM: :SERVER_ECHOED_INVALID_SESSION_ID: :UNEXPECTED_EXTENSION: "
	    ":INVALID_ALPN_PROTOCOL: :WRONG_CURVE: :BAD_CHANGE_CIPHER_SPEC: :DUPLICATE_KEY_SHARE: "
	    ":WRONG_CIPHER_RETURNED:",
	[ERR_BAD_KEY_SHARE] = ":BAD_ECPOINT: :WRONG_CURVE:",
	[ERR_ECDHE_SHARED_SECRET] = ":BAD_ECPOINT:",
	[ERR_BAD_SCHEME] = ":WRONG_SIGNATURE_TYPE:",
	[ERR_BINDER] = ":DIGEST_CHECK_FAILED:",
	[ERR_CERT_BAD] = ":CERTIFICATE_VERIFY_FAILED:",
	[ERR_CERT_HOSTNAME] = ":CERTIFICATE_VERIFY_FAILED:",
	[ERR_CERT_UNTRUSTED] = ":CERTIFICATE_VERIFY_FAILED:",
	[ERR_CERT_TYPE] = ":WRONG_CERTIFICATE_TYPE: :WRONG_SIGNATURE_TYPE:",
	[ERR_CANCELLED] = ":CONNECTION_REJECTED: :OCSP_CB_ERROR:",
	[ERR_DECODE_CERTIFICATE] = ":CANNOT_PARSE_LEAF_CERT:",
	[ERR_DECRYPT] = ":DECRYPTION_FAILED_OR_BAD_RECORD_MAC: :TOO_MUCH_SKIPPED_EARLY_DATA:",
	[ERR_DOWNGRADE] = ":TLS13_DOWNGRADE:",
	[ERR_DUPLICATE_EXTENSION] = ":DUPLICATE_EXTENSION:",
	[ERR_FALLBACK_DETECTED] = ":INAPPROPRIATE_FALLBACK:",
	[ERR_INNER_TOO_LONG] = ":DATA_LENGTH_TOO_LONG:",
	[ERR_INVALID_HELLO_RETRY] = ":WRONG_CURVE: :EMPTY_HELLO_RETRY_REQUEST:",
	[ERR_SECOND_HELLO_RETRY] = ":UNEXPECTED_MESSAGE:",
	[ERR_MISPLACED_EXTENSION] = ":ERROR_PARSING_EXTENSION: :UNEXPECTED_EXTENSION:",
	[ERR_UNSUPPORTED_EXTENSION] = ":UNEXPECTED_EXTENSION:",
	[ERR_MISSING_CLIENT_CERT] = ":PEER_DID_NOT_RETURN_A_CERTIFICATE:",
	[ERR_MISSING_CLIENT_CERT12] = ":PEER_DID_NOT_RETURN_A_CERTIFICATE:",
	[ERR_MISSING_EXTENSION] = ":MISSING_KEY_SHARE: :NO_SHARED_GROUP: :NO_COMMON_SIGNATURE_ALGORITHMS: "
	    ":DECODE_ERROR:",
	[ERR_NO_COMMON_GROUP] = ":NO_SHARED_GROUP:",
	[ERR_NO_COMMON_SCHEME] = ":NO_COMMON_SIGNATURE_ALGORITHMS:",
	[ERR_NO_COMMON_SUITE] = ":NO_SHARED_CIPHER:",
	[ERR_NO_RENEGOTIATION] = ":NO_RENEGOTIATION:",
	[ERR_RECORD_TOO_LONG] = ":ENCRYPTED_LENGTH_TOO_LONG:",
	[ERR_SUITE_NOT_OFFERED] = ":WRONG_CIPHER_RETURNED:",
	[ERR_VERIFY_SIGNATURE] = ":BAD_SIGNATURE:",
	[ERR_VERSION] = ":UNSUPPORTED_PROTOCOL: :WRONG_VERSION_NUMBER: :WRONG_SSL_VERSION:",
	[ERR_VERSION_NOT_OFFERED] = ":SECOND_SERVERHELLO_VERSION_MISMATCH: :UNSUPPORTED_PROTOCOL:",
};

/* Alerts that the peer sent. */
static const struct {
	int alert;
	const char *name;
} alerts[] = {
	{ ALERT_UNEXPECTED_MESSAGE,   ":SSLV3_ALERT_UNEXPECTED_MESSAGE:" },
	{ ALERT_BAD_RECORD_MAC,       ":SSLV3_ALERT_BAD_RECORD_MAC:" },
	{ ALERT_RECORD_OVERFLOW,      ":TLSV1_ALERT_RECORD_OVERFLOW:" },
	{ ALERT_DECOMPRESSION,        ":SSLV3_ALERT_DECOMPRESSION_FAILURE:" },
	{ ALERT_HANDSHAKE_FAILURE,    ":SSLV3_ALERT_HANDSHAKE_FAILURE: :HANDSHAKE_FAILURE_ON_CLIENT_HELLO:" },
	{ ALERT_BAD_CERTIFICATE,      ":SSLV3_ALERT_BAD_CERTIFICATE:" },
	{ ALERT_CERTIFICATE_UNKNOWN,  ":SSLV3_ALERT_CERTIFICATE_UNKNOWN:" },
	{ ALERT_ILLEGAL_PARAMETER,    ":SSLV3_ALERT_ILLEGAL_PARAMETER:" },
	{ ALERT_DECODE_ERROR,         ":TLSV1_ALERT_DECODE_ERROR:" },
	{ ALERT_DECRYPT_ERROR,        ":TLSV1_ALERT_DECRYPT_ERROR:" },
	{ ALERT_PROTOCOL_VERSION,     ":TLSV1_ALERT_PROTOCOL_VERSION:" },
	{ ALERT_INTERNAL_ERROR,       ":TLSV1_ALERT_INTERNAL_ERROR:" },
	{ ALERT_CERTIFICATE_REQUIRED, ":TLSV1_ALERT_CERTIFICATE_REQUIRED:" },
};
/* clang-format on */

/* The code inside, of which s2n_errno is the public value. */
static int
code_of(int value)
{
	const char *sentence = s2n_strerror(value, "EN");

	for (int i = 0; i < ERR_COUNT; i++)
		if (strcmp(sentences[i], sentence) == 0)
			return i;
	return ERR_OK;
}

static const char *
alert_name(int alert)
{
	for (size_t i = 0; i < COUNT(alerts); i++)
		if (alerts[i].alert == alert)
			return alerts[i].name;
	return "";
}

void
errors_explain(struct s2n_connection *conn)
{
	int code = code_of(s2n_errno);
	int alert;

	fprintf(stderr, "%s (%s): %s", labels[code],
	    s2n_strerror_source(s2n_errno),
	    names[code] != NULL ? names[code] : "");
	/* Another call replaces the last error. */
	alert = conn != NULL ? s2n_connection_get_alert(conn) : -1;
	if (code == ERR_ALERT)
		fprintf(stderr, " alert %d %s", alert, alert_name(alert));
	fputc('\n', stderr);
}
