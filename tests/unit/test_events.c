/*
 * libtls/events.c and libtls/handshake/checkpoint.c: what is told of a
 * handshake, when, and how often.
 */
#include "unstable/events.h"

#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define POINTS_MAX 400

/* A clock that goes on by a thousand each time it is read. */
static int
ticking(void *ctx, uint64_t *now)
{
	uint64_t *time = ctx;

	*now = *time += 1000;
	return 0;
}

static struct seen {
	unsigned events;
	struct s2n_event_handshake event;
	unsigned points;
	struct s2n_timing_checkpoint point[POINTS_MAX];
	int reentered; /* s2n_errno of a call from within */
} seen;

static void
on_handshake(struct s2n_connection *conn, void *subscriber,
    struct s2n_event_handshake *event)
{
	s2n_blocked_status blocked;

	ck_assert_ptr_eq(subscriber, &seen);
	seen.events++;
	seen.event = *event;
	ck_assert_int_eq(s2n_negotiate(conn, &blocked), -1);
	seen.reentered = s2n_errno;
}

static void
on_point(struct s2n_connection *conn, void *subscriber,
    struct s2n_timing_checkpoint *point)
{
	ck_assert_ptr_eq(subscriber, &seen);
	ck_assert_uint_lt(seen.points, POINTS_MAX);
	ck_assert_int_eq(point->role, s2n_connection_get_mode(conn));
	seen.point[seen.points++] = *point;
}

static void
open_watched(struct peers *peers, const struct peers_spec *spec, uint64_t *time)
{
	memset(&seen, 0, sizeof seen);
	*time = 0;
	peers_open(peers, spec);
	ck_assert_int_eq(
	    s2n_config_set_subscriber(peers->server_config, &seen), 0);
	ck_assert_int_eq(
	    s2n_config_set_monotonic_clock(peers->server_config, ticking, time),
	    0);
}

START_TEST(a_handshake_is_told_once)
{
	static const struct peers_spec specs[] = { { 0 }, { .slow = true },
		{ .pending_key = true }, { .retry = true },
		{ .version = S2N_TLS12, .suite = 0xc02f, .key = CERTS_RSA } };
	struct peers peers;
	s2n_blocked_status blocked;
	uint64_t time;
	const char *group;

	open_watched(&peers, &specs[_i], &time);
	ck_assert_int_eq(
	    s2n_config_set_handshake_event(peers.server_config, on_handshake),
	    0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), 0);
	ck_assert_uint_eq(seen.events, 1);
	ck_assert_str_eq(
	    s2n_strerror_name(seen.reentered), "S2N_ERR_REENTRANCY");
	ck_assert_int_eq(seen.event.protocol_version,
	    s2n_connection_get_actual_protocol_version(peers.client));
	ck_assert_str_eq(
	    seen.event.cipher, s2n_connection_get_cipher(peers.client));
	ck_assert_int_eq(
	    s2n_connection_get_key_exchange_group(peers.client, &group), 0);
	ck_assert_str_eq(seen.event.group, group);
	ck_assert_str_eq(seen.event.security_policy_label,
	    peers.server_config->preference->name);
	ck_assert_int_eq(seen.event.error_code, 0);
	/* the first call's begin is the clock's first reading, the last call's
	 * end the last; each call takes one tick */
	ck_assert_uint_eq(seen.event.handshake_start_ns, 1000);
	ck_assert_uint_eq(seen.event.handshake_end_ns, time);
	ck_assert_uint_eq(seen.event.handshake_time_ns, time / 2);
	peers_close(&peers);
}
END_TEST

static int
refuse(struct s2n_connection *conn, void *ctx)
{
	(void)conn;
	(void)ctx;
	return -1;
}

START_TEST(a_failure_is_told_with_its_code)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint64_t time;

	open_watched(&peers, &(struct peers_spec){ 0 }, &time);
	ck_assert_int_eq(
	    s2n_config_set_handshake_event(peers.server_config, on_handshake),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_client_hello_cb(peers.server_config, refuse, NULL),
	    0);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_uint_eq(seen.events, 1);
	ck_assert_int_eq(seen.event.error_code, peers.server_error);
	ck_assert_str_eq(
	    s2n_strerror_name(seen.event.error_code), "S2N_ERR_CANCELLED");
	ck_assert_int_eq(seen.event.protocol_version, 0);
	ck_assert_str_eq(seen.event.cipher, "TLS_NULL_WITH_NULL_NULL");
	ck_assert_ptr_null(seen.event.group);
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_uint_eq(seen.events, 1);
	/* a wiped connection shakes hands anew */
	ck_assert_int_eq(s2n_connection_wipe(peers.server), 0);
	ck_assert_int_eq(s2n_negotiate(peers.server, &blocked), -1);
	ck_assert_uint_eq(seen.events, 2);
	ck_assert_str_eq(
	    s2n_strerror_name(seen.event.error_code), "S2N_ERR_BAD_FD");
	peers_close(&peers);
}
END_TEST

START_TEST(without_a_subscriber_nothing_is_told)
{
	struct peers peers;
	uint64_t time;

	open_watched(&peers, &(struct peers_spec){ 0 }, &time);
	ck_assert_int_eq(
	    s2n_config_set_handshake_event(peers.server_config, on_handshake),
	    0);
	ck_assert_int_eq(
	    s2n_config_set_subscriber(peers.server_config, NULL), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_uint_eq(seen.events, 0);
	ck_assert_uint_eq(time, 0);
	peers_close(&peers);
}
END_TEST

/* The messages among the points, in one line. */
static void
join_messages(char *line)
{
	*line = '\0';
	for (unsigned i = 0; i < seen.points; i++) {
		if (strncmp(seen.point[i].name, "NEGOTIATE", 9) == 0 ||
		    strncmp(seen.point[i].name, "RECORD", 6) == 0)
			continue;
		strcat(line, *line != '\0' ? " " : "");
		strcat(line, seen.point[i].name);
	}
}

static unsigned
count(const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < seen.points; i++)
		if (strcmp(seen.point[i].name, name) == 0)
			n++;
	return n;
}

START_TEST(every_message_is_a_checkpoint)
{
	static const struct {
		struct peers_spec spec;
		const char *messages;
	} rows[] = {
		{ { 0 },
		    "CLIENT_HELLO SERVER_HELLO ENCRYPTED_EXTENSIONS SERVER_CERT SERVER_CERT_VERIFY SERVER_FINISHED CLIENT_FINISHED" },
		{ { .version = S2N_TLS12, .suite = 0xc02f, .key = CERTS_RSA },
		    "CLIENT_HELLO SERVER_HELLO SERVER_CERT SERVER_KEY SERVER_HELLO_DONE CLIENT_KEY CLIENT_CHANGE_CIPHER_SPEC CLIENT_FINISHED SERVER_CHANGE_CIPHER_SPEC SERVER_FINISHED" },
	};
	struct peers peers;
	uint64_t time;
	char line[4096];

	open_watched(&peers, &rows[_i].spec, &time);
	ck_assert_int_eq(
	    s2n_config_set_timing_checkpoint_cb(peers.server_config, on_point),
	    0);
	ck_assert(peers_negotiate(&peers));
	join_messages(line);
	ck_assert_str_eq(line, rows[_i].messages);
	ck_assert_str_eq(seen.point[0].name, "NEGOTIATE_START");
	ck_assert_str_eq(seen.point[seen.points - 1].name, "NEGOTIATE_END");
	ck_assert_uint_eq(count("NEGOTIATE_START"), count("NEGOTIATE_END"));
	ck_assert_uint_ge(count("RECORD_READ"), 2);
	ck_assert_uint_ge(count("RECORD_WRITE"), 2);
	for (unsigned i = 0; i < seen.points; i++)
		ck_assert_uint_eq(seen.point[i].timestamp_ns, 1000 * (i + 1));
	/* what comes after the handshake is none */
	time = seen.points;
	peers_transfer(peers.client, peers.server, 100);
	ck_assert_uint_eq(seen.points, time);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_refused)
{
	ck_assert_int_eq(s2n_config_set_subscriber(NULL, &seen), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(
	    s2n_config_set_handshake_event(NULL, on_handshake), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_int_eq(
	    s2n_config_set_timing_checkpoint_cb(NULL, on_point), -1);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL");
	ck_assert_uint_eq(HANDSHAKE_EVENT_SENT, 0x8000000000000000u);
}
END_TEST

static Suite *
events_suite(void)
{
	Suite *suite = suite_create("events");
	TCase *tcase = tcase_create("events");

	with_library(tcase);
	tcase_add_loop_test(tcase, a_handshake_is_told_once, 0, 5);
	tcase_add_test(tcase, a_failure_is_told_with_its_code);
	tcase_add_test(tcase, without_a_subscriber_nothing_is_told);
	tcase_add_loop_test(tcase, every_message_is_a_checkpoint, 0, 2);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(events_suite)
