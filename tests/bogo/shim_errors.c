/*
 * The table of errors; the contract is in shim_errors.h. The runner tells far
 * more reasons apart than the library does, so that a row has several of its
 * names: each is a reason for which the library may fail with that error.
 */
#include "tests/bogo/shim_errors.h"

#include <string.h>

#include "libtls/core/errors.h"

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
	[ERR_DECODE] = ":DECODE_ERROR:",
};

/* Alerts that the peer sent. */
static const struct {
	int alert;
	const char *name;
} alerts[] = {
	{ ALERT_UNEXPECTED_MESSAGE,   ":SSLV3_ALERT_UNEXPECTED_MESSAGE:" },
	{ ALERT_BAD_RECORD_MAC,       ":SSLV3_ALERT_BAD_RECORD_MAC:" },
	{ ALERT_HANDSHAKE_FAILURE,    ":SSLV3_ALERT_HANDSHAKE_FAILURE:" },
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
	int alert = conn != NULL ? s2n_connection_get_alert(conn) : -1;

	fprintf(stderr, "%s (%s): %s", labels[code],
	    s2n_strerror_source(s2n_errno),
	    names[code] != NULL ? names[code] : "");
	if (code == ERR_ALERT)
		fprintf(stderr, " alert %d %s", alert, alert_name(alert));
	fputc('\n', stderr);
}
