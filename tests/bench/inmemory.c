/*
 * inmemory: the client, the lanes, and the clock. Connections go step by step
 * in groups, so that the clock is read once for many of them.
 */
#include "tests/bench/inmemory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <s2n.h>

#define GROUP 32
#define SESSION_MAX 4096
#define STEPS_MAX 16

struct pair {
	struct s2n_connection *client;
	void *server;
	struct lane up, down;
	bool client_done, server_done;
	bool resumes;
};

static const struct bench_server *const servers[] = { &bench_libtls,
	&bench_libssl };
static const char *const kinds[BENCH_KINDS] = { [BENCH_FULL] = "full",
	[BENCH_OFFLOADED] = "offloaded",
	[BENCH_RESUMED] = "resumed" };

static const struct bench_server *server;
static struct bench_plan plan;
static struct s2n_config *config; /* the client's */
static struct pair pairs[GROUP];
static uint8_t session[SESSION_MAX];
static size_t session_len;

void
bench_die(const char *what)
{
	fprintf(stderr, "inmemory: %s: %s\n", what,
	    s2n_strerror_debug(s2n_errno, "EN"));
	exit(1);
}

char *
bench_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, LANE_MAX);

	if (file == NULL || text == NULL ||
	    fread(text, 1, LANE_MAX - 1, file) == 0)
		bench_die(path);
	fclose(file);
	return text;
}

/* ---- lanes ---- */

size_t
lane_take(struct lane *lane, uint8_t *out, size_t len)
{
	size_t there = lane->end - lane->start;

	if (len > there)
		len = there;
	memcpy(out, lane->bytes + lane->start, len);
	lane->start += len;
	if (lane->start == lane->end)
		lane->start = lane->end = 0;
	return len;
}

void
lane_put(struct lane *lane, const uint8_t *bytes, size_t len)
{
	if (len > LANE_MAX - lane->end)
		bench_die("no room");
	memcpy(lane->bytes + lane->end, bytes, len);
	lane->end += len;
}

int
lane_receive(void *lane, uint8_t *out, uint32_t len)
{
	size_t got = lane_take(lane, out, len);

	if (got > 0)
		return (int)got;
	errno = EAGAIN;
	return -1;
}

int
lane_send(void *lane, const uint8_t *bytes, uint32_t len)
{
	lane_put(lane, bytes, len);
	return (int)len;
}

/* ---- the client ---- */

static int
keep(struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	(void)conn;
	(void)ctx;
	if (session_len > 0)
		return 0;
	return s2n_session_ticket_get_data_len(ticket, &session_len) == 0 &&
		       s2n_session_ticket_get_data(
			   ticket, sizeof session, session) == 0
		   ? 0
		   : -1;
}

static void
set_up_client(void)
{
	if (s2n_init() != 0 || (config = s2n_config_new_minimal()) == NULL ||
	    s2n_config_set_cipher_preferences(
		config, plan.tls12 ? "20240501" : "20190801") != 0 ||
	    s2n_config_disable_x509_verification(config) != 0 ||
	    (plan.kind == BENCH_RESUMED &&
		(s2n_config_set_session_tickets_onoff(config, 1) != 0 ||
		    s2n_config_set_session_ticket_cb(config, keep, NULL) != 0)))
		bench_die("client");
}

static void
pair_open(struct pair *pair)
{
	*pair = (struct pair){ .client = s2n_connection_new(S2N_CLIENT),
		.resumes = session_len > 0 };
	if (pair->client == NULL ||
	    s2n_connection_set_config(pair->client, config) != 0 ||
	    s2n_set_server_name(pair->client, "localhost") != 0 ||
	    s2n_connection_set_blinding(
		pair->client, S2N_SELF_SERVICE_BLINDING) != 0 ||
	    s2n_connection_set_recv_cb(pair->client, lane_receive) != 0 ||
	    s2n_connection_set_recv_ctx(pair->client, &pair->down) != 0 ||
	    s2n_connection_set_send_cb(pair->client, lane_send) != 0 ||
	    s2n_connection_set_send_ctx(pair->client, &pair->up) != 0)
		bench_die("client");
	if (pair->resumes &&
	    s2n_connection_set_session(pair->client, session, session_len) != 0)
		bench_die("session");
}

static void
step_client(struct pair *pair)
{
	s2n_blocked_status blocked;

	if (pair->client_done)
		return;
	pair->client_done = s2n_negotiate(pair->client, &blocked) == 0;
	if (!pair->client_done &&
	    s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		bench_die("client's handshake");
}

/* Every handshake is the kind that is measured. */
static void
check_client(struct pair *pair)
{
	int version = s2n_connection_get_actual_protocol_version(pair->client);
	bool resumed = s2n_connection_is_session_resumed(pair->client) == 1;

	if (version != (plan.tls12 ? S2N_TLS12 : S2N_TLS13) ||
	    resumed != pair->resumes) {
		fputs("inmemory: not what was to be measured\n", stderr);
		exit(1);
	}
}

static void
pair_close(struct pair *pair)
{
	s2n_blocked_status blocked;
	uint8_t byte;

	check_client(pair);
	if (plan.kind == BENCH_RESUMED && session_len == 0)
		(void)s2n_recv(pair->client, &byte, 1, &blocked);
	s2n_connection_free(pair->client);
}

/* ---- groups ---- */

static uint64_t
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * What is measured, all of it and nothing else: so an instruction counter can
 * be told to look only here. The first step also begins, the last one ends.
 */
static __attribute__((noinline)) void
step_servers(size_t count, bool first, bool last)
{
	for (size_t i = 0; i < count; i++) {
		struct pair *pair = &pairs[i];

		if (last) {
			server->end(pair->server);
			continue;
		}
		if (first)
			pair->server = server->begin(&pair->up, &pair->down);
		if (!pair->server_done)
			pair->server_done = server->step(pair->server);
	}
}

static uint64_t
timed(size_t count, bool first, bool last)
{
	uint64_t began = cpu_ns();

	step_servers(count, first, last);
	return cpu_ns() - began;
}

/* One handshake in each pair; nanoseconds that the servers took. */
static uint64_t
run_group(size_t count)
{
	uint64_t spent = 0;
	bool done = false;

	for (size_t i = 0; i < count; i++)
		pair_open(&pairs[i]);
	for (int step = 0; !done; step++) {
		if (step == STEPS_MAX)
			bench_die("it does not end");
		for (size_t i = 0; i < count; i++)
			step_client(&pairs[i]);
		spent += timed(count, step == 0, false);
		done = true;
		for (size_t i = 0; i < count; i++) {
			server->elsewhere(pairs[i].server);
			done = done && pairs[i].client_done &&
			       pairs[i].server_done;
		}
	}
	spent += timed(count, false, true);
	for (size_t i = 0; i < count; i++)
		pair_close(&pairs[i]);
	return spent;
}

static bool
parse(char **argv)
{
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
		if (strcmp(argv[1], servers[i]->name) == 0)
			server = servers[i];
	plan.kind = BENCH_KINDS;
	for (int i = 0; i < BENCH_KINDS; i++)
		if (strcmp(argv[2], kinds[i]) == 0)
			plan.kind = (enum bench_kind)i;
	plan.tls12 = strcmp(argv[3], "1.2") == 0;
	plan.chain = argv[4];
	plan.key = argv[5];
	plan.tickets = plan.kind == BENCH_RESUMED ? 1 : 0;
	return server != NULL && plan.kind != BENCH_KINDS &&
	       (plan.tls12 || strcmp(argv[3], "1.3") == 0);
}

int
main(int argc, char **argv)
{
	long groups;
	uint64_t spent = 0;

	if (argc != 7 || !parse(argv) || (groups = atol(argv[6])) <= 0) {
		fputs("usage: inmemory libtls|libssl full|offloaded|resumed "
		      "1.2|1.3 chain key groups\n"
		      "A group is 32 handshakes. Prints the server's CPU "
		      "microseconds for one.\n",
		    stderr);
		return 2;
	}
	set_up_client();
	if (!server->set_up(&plan)) {
		puts("none");
		return 0;
	}
	run_group(1);
	if (plan.kind == BENCH_RESUMED && session_len == 0)
		bench_die("no ticket came");
	run_group(GROUP);
	for (long i = 0; i < groups; i++)
		spent += run_group(GROUP);
	printf("%.2f\n", (double)spent / 1000 / (double)(groups * GROUP));
	return 0;
}
