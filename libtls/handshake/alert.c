/*
 * Alerts; the contract is in alert.h.
 */
#include "libtls/handshake/alert.h"

#include "base/reader.h"

#define LEVEL_WARNING 1
#define LEVEL_FATAL 2

/* TLS 1.3 knows no level, and below it the default is to fail on warnings. */
static bool
ignorable(const struct s2n_connection *conn, uint8_t level, uint8_t description)
{
	/* RFC 8446 6.1: to be followed by close_notify. */
	if (description == ALERT_USER_CANCELED)
		return true;
	return level == LEVEL_WARNING && conn->version < S2N_TLS13 &&
	       conn->config->alert_behavior == S2N_ALERT_IGNORE_WARNINGS;
}

int
alert_receive(struct s2n_connection *conn)
{
	struct record_layer *records = &conn->records;
	struct reader in = reader_of(records->plain);
	uint8_t level = reader_u8(&in);
	uint8_t description = reader_u8(&in);

	records->plain = NO_BYTES;
	if (!reader_done(&in))
		return fail(ERR_DECODE);
	if (description == ALERT_CLOSE_NOTIFY) {
		conn->alert_received = description;
		conn->read_closed = true;
		return fail(ERR_CLOSED);
	}
	if (ignorable(conn, level, description)) {
		if (++records->empty_in_a_row > RECORD_EMPTY_MAX)
			return fail(ERR_BAD_MESSAGE);
		return 0;
	}
	conn->alert_received = description;
	conn->read_closed = conn->write_closed = true;
	return fail(ERR_ALERT);
}

bool
alert_declines(struct slice alert)
{
	static const uint8_t warning[] = { LEVEL_WARNING,
		ALERT_NO_CERTIFICATE };

	return slice_equal(alert, slice_of(warning, sizeof warning));
}

static int
queue(struct s2n_connection *conn, uint8_t level, enum alert description)
{
	const uint8_t alert[] = { level, (uint8_t)description };

	return record_write(
	    &conn->records, CONTENT_ALERT, slice_of(alert, sizeof alert));
}

int
alert_warning(struct s2n_connection *conn, enum alert description)
{
	return conn->write_closed ? 0 : queue(conn, LEVEL_WARNING, description);
}

int
alert_close_notify(struct s2n_connection *conn)
{
	int r;

	if (conn->write_closed)
		return 0;
	if ((r = queue(conn, LEVEL_WARNING, ALERT_CLOSE_NOTIFY)) != 0)
		return r;
	conn->write_closed = conn->close_sent = true;
	return 0;
}

/*
 * RFC 6101 5.4.2: SSLv3 has no more than these, and handshake_failure for the
 * rest; but who is told of a version or a fallback may know more.
 */
static enum alert
in_sslv3(enum alert description)
{
	switch (description) {
	case ALERT_NONE:
	case ALERT_UNEXPECTED_MESSAGE:
	case ALERT_BAD_RECORD_MAC:
	case ALERT_BAD_CERTIFICATE:
	case ALERT_UNSUPPORTED_CERTIFICATE:
	case ALERT_CERTIFICATE_REVOKED:
	case ALERT_CERTIFICATE_EXPIRED:
	case ALERT_CERTIFICATE_UNKNOWN:
	case ALERT_ILLEGAL_PARAMETER:
	case ALERT_PROTOCOL_VERSION:
	case ALERT_INAPPROPRIATE_FALLBACK:
		return description;
	default:
		return ALERT_HANDSHAKE_FAILURE;
	}
}

void
alert_fatal(struct s2n_connection *conn, int code)
{
	enum alert description = errors_alert(code);

	if (conn->version == S2N_SSLv3)
		description = in_sslv3(description);
	if (description == ALERT_NONE || conn->write_closed)
		return;
	/* The connection ends either way: a lost alert changes nothing. */
	(void)!queue(conn, LEVEL_FATAL, description);
	conn->write_closed = true;
}
