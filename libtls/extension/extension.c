/*
 * The extension table and the one way through it; the contract is in
 * extension.h.
 */
#include "libtls/extension/extension.h"

#include "libtls/extension/rows.h"

#define HELLOS (IN_CLIENT_HELLO | IN_SERVER_HELLO | IN_HELLO_RETRY)
/* Messages that answer one of ours: only what we asked for may come. */
#define ANSWERS                                                                \
	(IN_SERVER_HELLO | IN_SERVER_HELLO12 | IN_HELLO_RETRY | IN_ENCRYPTED | \
	    IN_CERTIFICATE)
/* The answer to most of them. */
#define ANSWER (IN_SERVER_HELLO12 | IN_ENCRYPTED)
/* What goes along with a certificate (RFC 8446 4.4.2.1). */
#define STAPLED                                                                \
	(IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST | IN_SERVER_HELLO12 |        \
	    IN_CERTIFICATE)

#define PSK 41
#define ROW(name) name##_wanted, name##_build, name##_parse

/* clang-format off */
static const struct extension table[] = {
/*	  number  may stand in                               unsolicited     functions */
	{ 43,     HELLOS,                                    0,              ROW(supported_versions) },
	/* Servers of TLS 1.2 that send groups are met, and harmless. */
	{ 10,     IN_CLIENT_HELLO | ANSWER,                  0,              ROW(supported_groups) },
	{ 51,     HELLOS,                                    0,              ROW(key_share) },
	{ 13,     IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,  0,              ROW(signature_algorithms) },
	{ 50,     IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,  0,              ROW(signature_algorithms_cert) },
	{ 47,     IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST,  0,              ROW(certificate_authorities) },
	{ 0,      IN_CLIENT_HELLO | ANSWER,                  0,              ROW(server_name) },
	{ 16,     IN_CLIENT_HELLO | ANSWER,                  0,              ROW(alpn) },
	{ 13172,  IN_CLIENT_HELLO | IN_SERVER_HELLO12,       0,              ROW(next_protocols) }, /* after alpn */
	{ 5,      STAPLED,                                   0,              ROW(status_request) },
	{ 18,     STAPLED,                                   0,              ROW(signed_timestamps) },
	{ 1,      IN_CLIENT_HELLO | ANSWER,                  0,              ROW(max_fragment_length) },
	{ 35,     IN_CLIENT_HELLO | IN_SERVER_HELLO12,       0,              ROW(session_ticket) },
	{ 11,     IN_CLIENT_HELLO | IN_SERVER_HELLO12,       0,              ROW(ec_point_formats) },
	{ 0xff01, IN_CLIENT_HELLO | IN_SERVER_HELLO12,       0,              ROW(renegotiation_info) },
	{ 44,     IN_CLIENT_HELLO | IN_HELLO_RETRY,          IN_HELLO_RETRY, ROW(cookie) },
	{ 57,     IN_CLIENT_HELLO | IN_ENCRYPTED,            0,              ROW(quic_parameters) },
	{ 45,     IN_CLIENT_HELLO,                           0,              ROW(psk_key_exchange_modes) },
	{ 42,     IN_CLIENT_HELLO | IN_ENCRYPTED | IN_NEW_TICKET, 0,              ROW(early_data) },
	{ 23,     IN_CLIENT_HELLO | IN_SERVER_HELLO12,       0,              ROW(extended_master_secret) },
	{ PSK,    IN_CLIENT_HELLO | IN_SERVER_HELLO,         0,              ROW(pre_shared_key) }, /* the last */
};
/* clang-format on */

#define NUMBERS 65536

/* One bit for each number that was seen in a block. */
struct seen {
	uint64_t bits[NUMBERS / 64];
};

static bool
seen_before(struct seen *seen, uint16_t number)
{
	uint64_t bit = (uint64_t)1 << (number % 64);
	bool before = (seen->bits[number / 64] & bit) != 0;

	seen->bits[number / 64] |= bit;
	return before;
}

int
extension_check(struct slice block)
{
	struct reader in = reader_of(block);
	struct seen seen = { 0 };
	uint16_t number;

	while (reader_more(&in)) {
		number = reader_u16(&in);
		reader_vec16(&in);
		if (!in.failed && seen_before(&seen, number))
			return fail(ERR_DUPLICATE_EXTENSION);
	}
	return reader_done(&in) ? 0 : fail(ERR_DECODE);
}

bool
extension_find(struct slice block, uint16_t number, struct slice *data)
{
	struct reader in = reader_of(block);
	uint16_t found;

	*data = NO_BYTES;
	while (reader_more(&in)) {
		found = reader_u16(&in);
		*data = reader_vec16(&in);
		if (!in.failed && found == number)
			return true;
	}
	*data = NO_BYTES;
	return false;
}

static size_t
row_of(uint16_t number)
{
	size_t row = 0;

	while (row < COUNT(table) && table[row].number != number)
		row++;
	return row;
}

/* Whether an extension may come here at all. */
static int
judge(const struct s2n_connection *conn, enum where where, size_t row)
{
	bool answers = (where & ANSWERS) != 0;

	if (row == COUNT(table)) {
		/* RFC 8446 4.2: we cannot have asked for it. */
		return answers ? fail(ERR_UNSUPPORTED_EXTENSION) : 0;
	}
	/*
	 * RFC 8446 4.2: one "which it recognizes and which is not specified
	 * for the message in which it appears": "illegal_parameter"
	 */
	if ((table[row].may_stand & where) == 0)
		return fail(ERR_MISPLACED_EXTENSION);
	if (answers && (table[row].unsolicited & where) == 0 &&
	    (conn->hs->sent_extensions & (uint64_t)1 << row) == 0)
		return fail(ERR_UNSUPPORTED_EXTENSION);
	return 0;
}

static int
fill_slots(const struct s2n_connection *conn, enum where where,
    struct slice block, struct slice slots[COUNT(table)],
    bool present[COUNT(table)])
{
	struct reader in = reader_of(block);
	struct seen seen = { 0 };
	struct slice data;
	uint16_t number;
	size_t row;
	int r;

	while (reader_more(&in)) {
		number = reader_u16(&in);
		data = reader_vec16(&in);
		if (in.failed)
			break;
		if (seen_before(&seen, number))
			return fail(ERR_DUPLICATE_EXTENSION);
		row = row_of(number);
		if ((r = judge(conn, where, row)) != 0)
			return r;
		/* RFC 8446 4.2.11: "MUST be the last extension in the
		 * ClientHello": its binders are over all before them. */
		if (number == PSK && where == IN_CLIENT_HELLO &&
		    reader_more(&in))
			return fail(ERR_MISPLACED_EXTENSION);
		if (row == COUNT(table))
			continue;
		slots[row] = data;
		present[row] = true;
	}
	return reader_done(&in) ? 0 : fail(ERR_DECODE);
}

int
extension_parse(
    struct s2n_connection *conn, enum where where, struct slice block)
{
	struct slice slots[COUNT(table)] = { 0 };
	bool present[COUNT(table)] = { 0 };
	struct reader in;
	int r;

	if ((r = fill_slots(conn, where, block, slots, present)) != 0)
		return r;
	for (size_t row = 0; row < COUNT(table); row++) {
		if (!present[row])
			continue;
		in = reader_of(slots[row]);
		if ((r = table[row].parse(conn, where, &in)) != 0)
			return r;
		if (!reader_done(&in))
			return fail(ERR_DECODE);
	}
	return 0;
}

int
extension_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	struct mark block = writer_open(out, 2);
	struct mark one;

	for (size_t row = 0; row < COUNT(table); row++) {
		if ((table[row].may_stand & where) == 0 ||
		    !table[row].wanted(conn, where))
			continue;
		writer_u16(out, table[row].number);
		one = writer_open(out, 2);
		table[row].build(conn, where, out);
		writer_close(out, one);
		if ((where & (IN_CLIENT_HELLO | IN_CERTIFICATE_REQUEST)) != 0)
			conn->hs->sent_extensions |= (uint64_t)1 << row;
	}
	writer_close(out, block);
	return out->failed ? fail(ERR_NOMEM) : 0;
}
