/*
 * Copies of the step tables whose functions call the test's and then the real
 * ones; the contract is in detour.h.
 */
#include "tests/unit/detour.h"

#include "tests/unit/unit.h"

#define ROWS_MAX 16

static struct detour detours[2]; /* by s2n_mode */

/* Each table and its copy. */
static struct step hello_copy[ROWS_MAX], tls13_copy[ROWS_MAX];
static struct step tls12_copy[ROWS_MAX], resumed_copy[ROWS_MAX];
static const struct {
	const struct step *table;
	struct step *copy;
} tables[] = {
	{ hello_path, hello_copy },
	{ tls13_path, tls13_copy },
	{ tls12_path, tls12_copy },
	{ tls12_resumed_path, resumed_copy },
};

/* The real row; back: how far the driver has gone on since. */
static const struct step *
real(const struct s2n_connection *conn, size_t back)
{
	for (size_t i = 0; i < COUNT(tables); i++)
		if (conn->hs->path == tables[i].copy)
			return &tables[i].table[conn->hs->at - back];
	ck_abort_msg("no table of ours");
}

static int
detour_send(struct s2n_connection *conn, struct writer *out)
{
	const struct detour *detour = &detours[conn->mode];
	const struct step *step = real(conn, 0);
	size_t start = out->len;
	int r;

	if ((r = step->send(conn, out)) == 0 && detour->built != NULL)
		detour->built(conn, step, out, start, detour->ctx);
	return r;
}

static int
detour_recv(struct s2n_connection *conn, struct reader *in)
{
	return real(conn, 0)->recv(conn, in);
}

/* Whether the next message is ours, and which. */
static void
announce(struct s2n_connection *conn)
{
	const struct detour *detour = &detours[conn->mode];
	const struct step *step = &conn->hs->path[conn->hs->at];

	while (step->message != END_OF_PATH && step->when(conn) == NO)
		step++;
	if (detour->before != NULL && step->message != END_OF_PATH &&
	    step->sender == conn->mode)
		detour->before(conn, step, detour->ctx);
}

static int
detour_after(struct s2n_connection *conn)
{
	const struct detour *detour = &detours[conn->mode];
	const struct step *step = real(conn, 1);
	int r;

	if (detour->done != NULL)
		detour->done(conn, step, detour->ctx);
	r = step->after(conn);
	for (size_t i = 0; i < COUNT(tables); i++)
		if (conn->hs->path == tables[i].table)
			conn->hs->path = tables[i].copy;
	if (r == 0)
		announce(conn);
	return r;
}

static void
copy(struct step *to, const struct step *from)
{
	size_t i;

	for (i = 0; from[i].message != END_OF_PATH; i++) {
		ck_assert_uint_lt(i + 1, ROWS_MAX);
		to[i] = from[i];
		to[i].send = detour_send;
		to[i].recv = detour_recv;
		to[i].after = detour_after;
	}
	to[i] = from[i];
}

void
detour_take(struct s2n_connection *conn, const struct detour *detour)
{
	for (size_t i = 0; i < COUNT(tables); i++)
		copy(tables[i].copy, tables[i].table);
	detours[conn->mode] = *detour;
	ck_assert_int_eq(handshake_start(conn), 0);
	conn->hs->path = hello_copy;
	announce(conn);
}
