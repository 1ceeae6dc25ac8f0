/*
 * Relays; the contract is in relay.h.
 */
#include "frontd/relay.h"

#include <errno.h>
#include <s2n.h>
#include <stdlib.h>
#include <string.h>

/* Rounds of moving bytes before others have their turn. */
#define ROUNDS 8

/*
 * Where bytes come into: a buffer that all relays share, and mostly leave at
 * once; what has to wait gets memory of its own for so long. So who is idle has
 * no buffer.
 */
static uint8_t up_room[RELAY_UP], down_room[RELAY_DOWN];

struct turn {
	struct flow *up, *down;
	struct s2n_connection *client;
	struct upstream *backend;
	enum relay_state state;
	unsigned waits;
};

static size_t
waiting(const struct flow *flow)
{
	return flow->end - flow->start;
}

static bool
wants_more(const struct flow *flow)
{
	return !flow->source_done && flow->lost == 0 && waiting(flow) == 0;
}

/* What came into the shared buffer: len bytes, 0 at the end. */
static bool
come(struct flow *flow, uint8_t *room, size_t len)
{
	flow->data = room;
	flow->start = 0;
	flow->end = len;
	flow->source_done = len == 0;
	return true;
}

/* Who is to be read from is decided at the end of a turn, by the flows. */
static bool
wait_for_client(struct turn *turn, s2n_blocked_status blocked)
{
	if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED)
		turn->state = RELAY_CLIENT_FAILED;
	else if (blocked == S2N_BLOCKED_ON_WRITE)
		turn->waits |= RELAY_CLIENT_WRITABLE;
	return false;
}

static bool
wait_for_backend(struct turn *turn, enum upstream_wait wait)
{
	if (wait == UPSTREAM_FAILED)
		turn->state = RELAY_BACKEND_FAILED;
	else if (wait == UPSTREAM_WRITABLE)
		turn->waits |= RELAY_BACKEND_WRITABLE;
	return false;
}

/* ---- the four steps of a round; each is true when something was moved ---- */

static bool
fill_up(struct turn *turn)
{
	s2n_blocked_status blocked;
	ssize_t got;

	if (!wants_more(turn->up))
		return false;
	got = s2n_recv(turn->client, up_room, sizeof up_room, &blocked);
	if (got < 0)
		return wait_for_client(turn, blocked);
	return come(turn->up, up_room, (size_t)got);
}

/* A plaintext backend may have answered before it went, without reading all:
 * that is still passed on. */
static bool
lose_up(struct turn *turn)
{
	turn->up->lost = errno;
	turn->up->start = turn->up->end;
	return true;
}

static bool
drain_up(struct turn *turn)
{
	struct flow *up = turn->up;
	enum upstream_wait wait;
	ssize_t sent;

	if (waiting(up) > 0) {
		sent = upstream_send(turn->backend,
		    slice_of(up->data + up->start, waiting(up)), &wait);
		if (sent < 0 && wait == UPSTREAM_FAILED &&
		    turn->backend->conn == NULL && !turn->down->source_done)
			return lose_up(turn);
		if (sent < 0)
			return wait_for_backend(turn, wait);
		up->start += (size_t)sent;
		return true;
	}
	if (!up->source_done || up->told || up->lost != 0)
		return false;
	if (upstream_finish(turn->backend, &wait) != 0)
		return wait_for_backend(turn, wait);
	return up->told = true;
}

static bool
fill_down(struct turn *turn)
{
	enum upstream_wait wait;
	ssize_t got;

	if (!wants_more(turn->down))
		return false;
	got =
	    upstream_receive(turn->backend, down_room, sizeof down_room, &wait);
	/* What a plaintext backend that was reset has said may be cut off, as
	 * is that of one of TLS which ends without a word: the client is told
	 * no end. One that knew it from us only had no time for more. */
	if (got < 0 && wait == UPSTREAM_FAILED && turn->backend->conn == NULL &&
	    turn->up->told)
		got = 0;
	if (got == 0 && turn->up->lost != 0) {
		errno = turn->up->lost;
		return wait_for_backend(turn, UPSTREAM_FAILED);
	}
	if (got < 0)
		return wait_for_backend(turn, wait);
	return come(turn->down, down_room, (size_t)got);
}

static bool
drain_down(struct turn *turn)
{
	struct flow *down = turn->down;
	s2n_blocked_status blocked;
	ssize_t sent;

	if (waiting(down) > 0) {
		sent = s2n_send(turn->client, down->data + down->start,
		    (ssize_t)waiting(down), &blocked);
		if (sent < 0)
			return wait_for_client(turn, blocked);
		down->start += (size_t)sent;
		return true;
	}
	if (!down->source_done || down->told)
		return false;
	if (s2n_shutdown_send(turn->client, &blocked) != S2N_SUCCESS)
		return wait_for_client(turn, blocked);
	return down->told = true;
}

/* ---- turns ---- */

/* What is in the shared buffer at the end of a turn is kept. */
static bool
keep_rest(struct flow *flow)
{
	size_t len = waiting(flow);
	uint8_t *kept = NULL;

	if (len > 0 && flow->data == flow->kept)
		return true;
	if (len > 0 && (kept = malloc(len)) == NULL)
		return false;
	if (len > 0)
		memcpy(kept, flow->data + flow->start, len);
	free(flow->kept);
	flow->data = flow->kept = kept;
	flow->start = 0;
	flow->end = len;
	return true;
}

static bool
run_round(struct turn *turn)
{
	static bool (*const steps[])(
	    struct turn *) = { fill_up, drain_up, fill_down, drain_down };
	bool moved = false;

	for (size_t i = 0; i < COUNT(steps) && turn->state == RELAY_ON; i++)
		moved = steps[i](turn) || moved;
	return moved;
}

enum relay_state
relay_turn(struct relay *relay, struct s2n_connection *client,
    struct upstream *backend, unsigned *waits)
{
	struct turn turn = { .up = &relay->up,
		.down = &relay->down,
		.client = client,
		.backend = backend };
	bool moved = true;

	for (int i = 0; i < ROUNDS && moved && turn.state == RELAY_ON; i++)
		moved = run_round(&turn);
	if (turn.state != RELAY_ON)
		return turn.state;
	if (!keep_rest(turn.up) || !keep_rest(turn.down))
		return RELAY_NO_MEMORY;
	*waits = turn.waits | (moved ? RELAY_MORE : 0u) |
		 (wants_more(turn.up) ? RELAY_CLIENT_READABLE : 0u) |
		 (wants_more(turn.down) ? RELAY_BACKEND_READABLE : 0u);
	return turn.down->told && turn.up->source_done ? RELAY_CLOSED
						       : RELAY_ON;
}

bool
relay_put_up(struct relay *relay, struct slice bytes)
{
	struct flow *up = &relay->up;
	uint8_t *more;

	if (bytes.len == 0)
		return true;
	if ((more = realloc(up->kept, up->end + bytes.len)) == NULL)
		return false;
	memcpy(more + up->end, bytes.data, bytes.len);
	up->kept = more;
	up->data = more;
	up->end += bytes.len;
	return true;
}

void
relay_free(struct relay *relay)
{
	free(relay->up.kept);
	free(relay->down.kept);
	*relay = (struct relay){ 0 };
}
