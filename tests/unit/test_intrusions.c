/*
 * Records where they may not be: between messages, instead of messages, inside
 * them, after the handshake. Each row names the alert of RFC 8446 that the
 * other side must answer with; ALERT_NONE: that was legal.
 */
#include "libtls/record/protect.h"
#include "tests/unit/crooked.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}
/* In front of which message: the first, a plain one, protected ones. */
#define CH CLIENT_HELLO, S2N_CLIENT
#define SH SERVER_HELLO, S2N_SERVER
#define EE ENCRYPTED_EXTENSIONS, S2N_SERVER
#define SF FINISHED, S2N_SERVER
#define CF FINISHED, S2N_CLIENT
#define CCS 20
#define ALERT 21
#define HANDSHAKE 22
#define DATA 23

/* clang-format off */
static const struct crook intrusions[] = {
/* ChangeCipherSpec (RFC 8446 5) */
	{ "ChangeCipherSpec",                    SH, WIRE, 0, BYTES(20, 3, 3, 0, 1, 1), NOTHING, ALERT_NONE, 0 },
	{ "ChangeCipherSpec under keys",         SF, WIRE, 0, BYTES(20, 3, 3, 0, 1, 1), NOTHING, ALERT_NONE, 0 },
	{ "a client's ChangeCipherSpec",         CF, WIRE, 0, BYTES(20, 3, 3, 0, 1, 1), NOTHING, ALERT_NONE, 0 },
	{ "ChangeCipherSpec, then a hello",      CH, WIRE, 0, BYTES(20, 3, 3, 0, 1, 1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "ChangeCipherSpec of 2",               SF, WIRE, 0, BYTES(20, 3, 3, 0, 1, 2), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "ChangeCipherSpec of two bytes",       CF, WIRE, 0, BYTES(20, 3, 3, 0, 2, 1, 1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an empty ChangeCipherSpec",           CF, WIRE, 0, BYTES(20, 3, 3, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a protected ChangeCipherSpec",        SF, RECORD, CCS, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's protected one",            CF, RECORD, CCS, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* records that cannot be */
	{ "a record type of nobody",             CH, WIRE, 0, BYTES(24, 3, 3, 0, 1, 1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a record of SSL 2",                   CH, WIRE, 0, BYTES(22, 2, 0, 0, 1, 1), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "a record too long",                   CH, WIRE, 0, BYTES(22, 3, 1, 0x40, 1), NOTHING, ALERT_RECORD_OVERFLOW, 0 },
	{ "an answer too long",                  SH, WIRE, 0, BYTES(22, 3, 3, 0x40, 1), NOTHING, ALERT_RECORD_OVERFLOW, 0 },
	{ "a protected record too long",         SF, WIRE, 0, BYTES(23, 3, 3, 0x41, 1), NOTHING, ALERT_RECORD_OVERFLOW, 0 },
	{ "a client's protected one too long",   CF, WIRE, 0, BYTES(23, 3, 3, 0x41, 1), NOTHING, ALERT_RECORD_OVERFLOW, 0 },
	{ "a record with a wrong tag",           SF, WIRE, 0, BYTES(23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8), NOTHING, ALERT_BAD_RECORD_MAC, 0 },
	{ "a client's with a wrong tag",         CF, WIRE, 0, BYTES(23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8), NOTHING, ALERT_BAD_RECORD_MAC, 0 },
	{ "a record too short for a tag",        CF, WIRE, 0, BYTES(23, 3, 3, 0, 1, 1), NOTHING, ALERT_BAD_RECORD_MAC, 0 },
	{ "an empty protected record",           CF, WIRE, 0, BYTES(23, 3, 3, 0, 0), NOTHING, ALERT_BAD_RECORD_MAC, 0 },
	{ "a plain record under keys",           CF, WIRE, 0, BYTES(22, 3, 3, 0, 1, 1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's plain record under keys",  SF, WIRE, 0, BYTES(22, 3, 3, 0, 1, 1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's plain alert under keys",   SF, WIRE, 0, BYTES(21, 3, 3, 0, 2, 1, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an empty handshake record",           CH, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an empty one under keys",             CF, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a server's empty one",                EE, RECORD, HANDSHAKE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* application data */
	{ "data before all",                     CH, RECORD, DATA, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data before the answer",              SH, RECORD, DATA, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data before Finished",                SF, RECORD, DATA, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's data before Finished",     CF, RECORD, DATA, BYTES(1), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* messages between messages */
	{ "hello_request",                       EE, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "hello_request in the clear",          SH, RECORD, HANDSHAKE, BYTES(0, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "hello_request in two pieces",         EE, BROKEN, HANDSHAKE, BYTES(0, 0), BYTES(0, 0), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's hello_request in pieces",  CH, BROKEN, HANDSHAKE, BYTES(0, 0), BYTES(0, 0), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a key update",                        SF, RECORD, HANDSHAKE, BYTES(24, 0, 0, 1, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's key update",               CF, RECORD, HANDSHAKE, BYTES(24, 0, 0, 1, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a ticket",                            SF, RECORD, HANDSHAKE, BYTES(4, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "message_hash",                        SF, RECORD, HANDSHAKE, BYTES(254, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a type of nobody",                    CF, RECORD, HANDSHAKE, BYTES(99, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a message of 16 MiB",                 CH, RECORD, HANDSHAKE, BYTES(1, 0xff, 0xff, 0xff), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a message of 16 MiB in pieces",       CF, BROKEN, HANDSHAKE, BYTES(20, 0xff, 0xff), BYTES(0xff), ALERT_ILLEGAL_PARAMETER, 0 },
/* records within a message (RFC 8446 5.1) */
	{ "data within a message",               SF, BROKEN, DATA, BYTES(20, 0), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "data within a client's message",      CF, BROKEN, DATA, BYTES(20, 0, 0, 32, 1), BYTES(1), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an alert within a message",           SF, BROKEN, ALERT, BYTES(20, 0), BYTES(1, 90), ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an alert within a client's message",  CF, BROKEN, ALERT, BYTES(20, 0), BYTES(1, 90), ALERT_UNEXPECTED_MESSAGE, 0 },
/* alerts (RFC 8446 6) */
	{ "user_canceled, but going on",         SF, RECORD, ALERT, BYTES(1, 90), NOTHING, ALERT_NONE, 0 },
	{ "half an alert",                       SF, RECORD, ALERT, BYTES(2), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an alert and a half",                 CF, RECORD, ALERT, BYTES(2, 40, 2), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "two alerts in a record",              CF, RECORD, ALERT, BYTES(1, 90, 1, 90), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty alert",                      CF, RECORD, ALERT, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "half an alert before all",            CH, RECORD, ALERT, BYTES(2), NOTHING, ALERT_DECODE_ERROR, 0 },
};

static const struct late lates[] = {
	{ "key update",                     S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 1, 2), 0, NOTHING, 0, ALERT_ILLEGAL_PARAMETER },
	{ "a server's key update of 255",   S2N_SERVER, HANDSHAKE, BYTES(24, 0, 0, 1, 255), 0, NOTHING, 0, ALERT_ILLEGAL_PARAMETER },
	{ "an empty key update",            S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 0), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "a long key update",              S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 2, 0, 0), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "two key updates in a record",    S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 1, 0, 24, 0, 0, 1, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a key update and a half",        S2N_SERVER, HANDSHAKE, BYTES(24, 0, 0, 1, 0, 24), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "old keys after an update",       S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 1, 0), DATA, BYTES(1), 0, ALERT_BAD_RECORD_MAC },
	{ "renegotiation",                  S2N_CLIENT, HANDSHAKE, BYTES(1, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "hello_request",                  S2N_SERVER, HANDSHAKE, BYTES(0, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "hello_request in two pieces",    S2N_SERVER, HANDSHAKE, BYTES(0, 0), HANDSHAKE, BYTES(0, 0), 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a ticket",                       S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 14, 0, 0, 0, 9, 1, 2, 3, 4, 0, 0, 1, 7, 0, 0), 0, NOTHING, 0, ALERT_NONE },
	{ "a ticket for the server",        S2N_CLIENT, HANDSHAKE, BYTES(4, 0, 0, 14, 0, 0, 0, 9, 1, 2, 3, 4, 0, 0, 1, 7, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a ticket cut short",             S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 1, 0), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "an empty ticket",                S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 13, 0, 0, 0, 9, 1, 2, 3, 4, 0, 0, 0, 0, 0), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "CertificateRequest unasked",     S2N_SERVER, HANDSHAKE, BYTES(13, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "Certificate unasked",            S2N_CLIENT, HANDSHAKE, BYTES(11, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "Finished once more",             S2N_CLIENT, HANDSHAKE, BYTES(20, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a message too long",             S2N_CLIENT, HANDSHAKE, BYTES(24, 1, 0, 1), 0, NOTHING, 0, ALERT_ILLEGAL_PARAMETER },
	{ "data within a message",          S2N_CLIENT, HANDSHAKE, BYTES(24, 0), DATA, BYTES(1), 0, ALERT_UNEXPECTED_MESSAGE },
	{ "an alert within a message",      S2N_SERVER, HANDSHAKE, BYTES(24, 0), ALERT, BYTES(1, 90), 0, ALERT_UNEXPECTED_MESSAGE },
	{ "an empty handshake record",      S2N_CLIENT, HANDSHAKE, NOTHING, 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "an empty alert",                 S2N_SERVER, ALERT, NOTHING, 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "half an alert",                  S2N_SERVER, ALERT, BYTES(2), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "empty data",                     S2N_CLIENT, DATA, NOTHING, 0, NOTHING, 0, ALERT_NONE },
	{ "32 times empty data",            S2N_CLIENT, DATA, NOTHING, 0, NOTHING, 32, ALERT_NONE },
	{ "empty data without end",         S2N_CLIENT, DATA, NOTHING, 0, NOTHING, 33, ALERT_UNEXPECTED_MESSAGE },
	{ "512 tickets",                    S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 14, 0, 0, 0, 9, 1, 2, 3, 4, 0, 0, 1, 7, 0, 0), 0, NOTHING, 512, ALERT_NONE },
	{ "tickets without end",            S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 14, 0, 0, 0, 9, 1, 2, 3, 4, 0, 0, 1, 7, 0, 0), 0, NOTHING, 513, ALERT_UNEXPECTED_MESSAGE },
	{ "ChangeCipherSpec to a server",   S2N_CLIENT, 0, BYTES(20, 3, 3, 0, 1, 1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "ChangeCipherSpec to a client",   S2N_SERVER, 0, BYTES(20, 3, 3, 0, 1, 1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a protected ChangeCipherSpec",   S2N_SERVER, CCS, BYTES(1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a plain alert",                  S2N_CLIENT, 0, BYTES(21, 3, 3, 0, 2, 1, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a wrong tag",                    S2N_CLIENT, 0, BYTES(23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8), 0, NOTHING, 0, ALERT_BAD_RECORD_MAC },
	{ "a record too long",              S2N_SERVER, 0, BYTES(23, 3, 3, 0x41, 1), 0, NOTHING, 0, ALERT_RECORD_OVERFLOW },
};
/* clang-format on */

START_TEST(an_intrusion_is_answered_with_the_rfcs_alert)
{
	crooked_run(&intrusions[_i]);
}
END_TEST

START_TEST(what_comes_late_is_answered_with_the_rfcs_alert)
{
	crooked_late(&lates[_i]);
}
END_TEST

/* One of each: the byte on the wire, before anything is protected. */
START_TEST(a_plain_alert_is_fatal_and_alone_in_its_record)
{
	static const uint8_t wrong[] = { 22, 3, 1, 0, 4, 1, 0, 0, 0 };
	static const uint8_t want[] = { ALERT, 3, 3, 0, 2, 2,
		ALERT_DECODE_ERROR };
	struct peers peers;
	s2n_blocked_status blocked;

	peers_open(&peers, &(struct peers_spec){ 0 });
	writer_bytes(&peers.to_server.bytes, slice_of(wrong, sizeof wrong));
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), S2N_FAILURE);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_PROTO);
	ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
	ck_assert_uint_eq(peers.to_client.bytes.len, sizeof want);
	ck_assert_int_eq(peers.to_client.bytes.data[0], want[0]);
	ck_assert_mem_eq(peers.to_client.bytes.data + 3, want + 3, 4);
	/* It stays ended and says no more. */
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), S2N_FAILURE);
	ck_assert_int_eq(s2n_error_get_type(s2n_errno), S2N_ERR_T_CLOSED);
	ck_assert_uint_eq(peers.to_client.bytes.len, sizeof want);
	peers_close(&peers);
}
END_TEST

static Suite *
intrusions_suite(void)
{
	Suite *suite = suite_create("intrusions");
	TCase *tcase = tcase_create("intrusions");

	with_library(tcase);
	tcase_add_loop_test(tcase, an_intrusion_is_answered_with_the_rfcs_alert,
	    0, (int)COUNT(intrusions));
	tcase_add_loop_test(tcase,
	    what_comes_late_is_answered_with_the_rfcs_alert, 0,
	    (int)COUNT(lates));
	tcase_add_test(tcase, a_plain_alert_is_fatal_and_alone_in_its_record);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(intrusions_suite)
