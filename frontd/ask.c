/*
 * Questions to all workers; the contract is in ask.h.
 */
#include "frontd/ask.h"

#include <stdlib.h>

/* For all to answer. */
#define ASK_MS 2000

struct ask {
	struct ask *next;
	struct master *master;
	uint32_t number;
	const struct ask_events *events;
	void *ctx;
	bool waits[MASTER_TAGS_MAX]; /* for the worker with this tag */
	const struct child *connect; /* for this; NULL: not, or no more */
	uint64_t left_out;
	struct event *timeout;
};

static void
finish(struct ask *ask)
{
	struct ask **at = &ask->master->asks;

	while (*at != ask)
		at = &(*at)->next;
	*at = ask->next;
	ask->events->answered(ask->master, ask->left_out, ask->ctx);
	event_free(ask->timeout);
	free(ask);
}

static void
timed_out(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	finish(ctx);
}

static bool
still_waits(const struct ask *ask)
{
	for (size_t i = 0; i < MASTER_TAGS_MAX; i++)
		if (ask->waits[i])
			return true;
	return ask->connect != NULL;
}

/* Whether it still has to answer, and then no more; only workers have a
 * census. */
static bool
was_awaited(struct ask *ask, const struct child *child)
{
	bool awaited = child->census != NULL ? ask->waits[child->tag]
					     : ask->connect == child;

	if (child->census != NULL)
		ask->waits[child->tag] = false;
	else if (awaited)
		ask->connect = NULL;
	return awaited;
}

static void
ask_connect(struct ask *ask)
{
	const struct control_ask record = { CONTROL_ASK, CONTROL_ASK_BACKENDS,
		ask->number };
	struct child *connect = &ask->master->now->connect;

	if (ask->events->backend == NULL || connect->control == NULL ||
	    !connect->confined)
		return;
	ask->connect = connect;
	child_tell(connect, &record, sizeof record, -1);
}

bool
ask_workers(struct master *master, enum control_what what,
    const struct ask_events *events, void *ctx)
{
	const struct timeval when = { ASK_MS / 1000, ASK_MS % 1000 * 1000 };
	struct ask *ask = calloc(1, sizeof *ask);
	struct control_ask record = { .type = CONTROL_ASK, .what = what };

	if (ask == NULL)
		return false;
	*ask = (struct ask){ .next = master->asks,
		.master = master,
		.number = ++master->asked_number,
		.events = events,
		.ctx = ctx };
	ask->timeout = event_new(master->base, -1, 0, timed_out, ask);
	if (ask->timeout == NULL || event_add(ask->timeout, &when) != 0) {
		free(ask);
		return false;
	}
	master->asks = ask;
	record.number = ask->number;
	ask_connect(ask);
	for (size_t i = 0; what != CONTROL_ASK_BACKENDS && i < MASTER_TAGS_MAX;
	     i++) {
		struct child *worker = master->tags[i];

		if (worker == NULL || worker->control == NULL ||
		    !worker->confined)
			continue;
		ask->waits[i] = true;
		child_tell(worker, &record, sizeof record, -1);
	}
	if (!still_waits(ask))
		finish(ask);
	return true;
}

static struct ask *
find(struct master *master, uint32_t number)
{
	struct ask *ask = master->asks;

	while (ask != NULL && ask->number != number)
		ask = ask->next;
	return ask;
}

void
ask_rows(const struct child *worker, const struct control_rows *what)
{
	struct ask *ask = find(worker->fleet->master, what->number);

	struct control_row row;

	if (ask == NULL || !ask->waits[worker->tag] || ask->events->row == NULL)
		return;
	for (size_t at = 0; at < what->rows.len; at += sizeof row) {
		memcpy(&row, what->rows.data + at, sizeof row);
		ask->events->row(worker, &row, ask->ctx);
	}
}

void
ask_backends(
    const struct child *connect, const struct control_backend_rows *what)
{
	const struct fleet *fleet = connect->fleet;
	struct ask *ask = find(fleet->master, what->number);
	struct control_backend_row row;

	if (ask == NULL || ask->connect != connect)
		return;
	for (size_t at = 0; at < what->rows.len; at += sizeof row) {
		memcpy(&row, what->rows.data + at, sizeof row);
		row.address[sizeof row.address - 1] = '\0';
		if (row.site < fleet->options.site_count)
			ask->events->backend(&row, ask->ctx);
	}
}

void
ask_answered(const struct child *worker, const struct control_answered *what)
{
	struct ask *ask = find(worker->fleet->master, what->number);

	if (ask == NULL || !was_awaited(ask, worker))
		return;
	ask->left_out += what->left_out;
	if (!still_waits(ask))
		finish(ask);
}

void
ask_gone(const struct child *worker)
{
	struct ask *ask, *next;

	for (ask = worker->fleet->master->asks; ask != NULL; ask = next) {
		next = ask->next;
		if (was_awaited(ask, worker) && !still_waits(ask))
			finish(ask);
	}
}

void
ask_end(struct master *master)
{
	while (master->asks != NULL)
		finish(master->asks);
}
