/*
 * Answers to the master; the contract is in answer.h.
 */
#include "frontd/answer.h"

#include <stdlib.h>

#include "frontd/session.h"

/* Packets of sessions in one answer: the others are left out. */
#define PACKETS_MAX 36

/* One that the queue has no room for is not told: the question before is then
 * still being answered. */
static void
tell(struct worker *worker, const void *record, size_t size)
{
	if (control_send(worker->control, record, size, -1))
		worker_flush(worker);
}

static void
count_open(struct worker *worker)
{
	struct site *site;

	for (uint16_t i = 0; i < worker->site_count; i++)
		worker->sites[i].tally.open = 0;
	for (const struct session *session = worker->sessions; session != NULL;
	     session = session_next(session)) {
		site = &worker->sites[session_site(session)];
		site->tally.open++;
		site->touched = true;
	}
}

static bool
is_touched(const struct site *site)
{
	return site->touched || site->tally.connections > 0;
}

/* Those who have had a connection; of the others the master knows. */
static void
tell_sites(struct worker *worker)
{
	static struct tally_site rows[CONTROL_TALLIES_MAX];
	struct control_tally_sites part = { .type = CONTROL_TALLY_SITES };
	uint16_t count = 0;

	count_open(worker);
	for (uint16_t i = 0; i <= worker->site_count; i++) {
		bool more =
		    i < worker->site_count && is_touched(&worker->sites[i]);

		if (more && count == 0)
			part.first = i;
		if (more)
			rows[count++] = worker->sites[i].tally;
		if (count == 0 || (more && count < COUNT(rows)))
			continue;
		part.sites = slice_of(rows, count * sizeof *rows);
		tell(worker, &part, sizeof part);
		count = 0;
	}
}

static void
tell_tally(struct worker *worker)
{
	static struct control_tally record;
	struct keyclient_stats keys;

	tell_sites(worker);
	keyclient_stats(worker->keys, &keys);
	record = (struct control_tally){ .type = CONTROL_TALLY,
		.open = worker->session_count,
		.key_pending = keys.pending,
		.all = worker->tally };
	record.all.key_requested = keys.requested;
	record.all.key_done = keys.signed_ok;
	record.all.key_refused = keys.refused;
	record.all.key_expired = keys.expired;
	record.all.key_retried = keys.retried;
	tell(worker, &record, sizeof record);
}

/* How many there was no room for. */
static uint32_t
tell_rows(struct worker *worker, uint32_t number)
{
	static struct control_row rows[CONTROL_ROWS_MAX];
	const struct session *session = worker->sessions;
	uint32_t told = 0, count;

	for (unsigned i = 0; i < PACKETS_MAX && session != NULL; i++) {
		struct control_rows part = { .type = CONTROL_ROWS,
			.number = number };

		for (count = 0; count < COUNT(rows) && session != NULL;
		     count++) {
			session_tell(session, &rows[count]);
			session = session_next(session);
		}
		part.rows = slice_of(rows, count * sizeof *rows);
		told += count;
		tell(worker, &part, sizeof part);
	}
	return worker->session_count - told;
}

void
answer(struct worker *worker, const struct control_ask *ask)
{
	struct control_answered end = { .type = CONTROL_ANSWERED,
		.number = ask->number };

	if (ask->what == CONTROL_ASK_TALLY)
		tell_tally(worker);
	else if (ask->what == CONTROL_ASK_ROWS)
		end.left_out = tell_rows(worker, ask->number);
	tell(worker, &end, sizeof end);
}

void
answer_at_end(struct worker *worker)
{
	tell_tally(worker);
}
