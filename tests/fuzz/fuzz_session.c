/*
 * Sessions. Whatever is changed in a ticket, it opens no more; whatever is
 * taken for a session, as a ticket's state or as an application keeps it, is
 * written again as the same bytes.
 */
#include "tests/fuzz/fuzz_session.h"

#include "libtls/session/session.h"
#include "libtls/session/ticket.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/target.h"

#define ROOM (1 << 17)

static const struct ticket_times times = {
	.now = 1000, .seals = 100, .opens = 1000
};

/* A ticket of a state, under a key that is there; the writers are the
 * caller's. */
static void
seal(struct ticket_keys *keys, struct slice name, struct slice state,
    struct writer *ticket)
{
	struct ticket_key key;

	must_hold(ticket_keys_add(keys, slice_of_string("key"),
		      slice_of_string("a secret"), 0, &times) == 0 &&
		      ticket_keys_draw(keys, &times, &key) &&
		      ticket_seal(&key, name, state, ticket) == 0,
	    "a ticket");
}

/* The state, then edits of its ticket, then the name that it is opened for. */
void
fuzz_ticket(struct reader *input)
{
	struct slice state = reader_vec8(input), name = reader_vec8(input);
	struct slice other = reader_vec8(input);
	struct ticket_keys *keys = ticket_keys_new();
	struct writer ticket, opened;
	bool edited, same, open;

	writer_init(&ticket, ROOM);
	writer_init(&opened, ROOM);
	must_hold(keys != NULL, "memory");
	seal(keys, name, state, &ticket);
	edited = edits_apply(input, &ticket, 0);
	same = !edited && slice_equal(name, other);
	open = ticket_open(
	    keys, &times, other, slice_of(ticket.data, ticket.len), &opened);
	if (same && state.len > 0)
		must_hold(open, "the ticket as it was");
	if (edited)
		must_hold(!open, "a ticket that was changed");
	if (open)
		must_hold(slice_equal(state, slice_of(opened.data, opened.len)),
		    "%zu bytes of state", opened.len);
	else
		must_hold(opened.len == 0, "%zu bytes left", opened.len);
	writer_free(&ticket);
	writer_free(&opened);
	ticket_keys_free(keys);
}

/* The first byte: whether it is a ticket's, or a client's copy. */
void
fuzz_state(struct reader *input)
{
	bool sealed = (reader_u8(input) & 1) != 0;
	struct slice bytes = reader_rest(input);
	struct session session;
	struct writer again;

	session_init(&session);
	writer_init(&again, ROOM);
	if (session_read_state(bytes, sealed, &session)) {
		session_write_state(&session, sealed, &again);
		must_hold(slice_equal(bytes, slice_of(again.data, again.len)),
		    "%zu bytes", again.len);
	}
	writer_free(&again);
	session_wipe(&session);
}

void
fuzz_session(struct reader *input)
{
	struct slice bytes = reader_rest(input);
	struct session session;
	struct writer again;

	session_init(&session);
	writer_init(&again, ROOM);
	if (session_read(bytes, &session) == 0) {
		session_write(&session, &again);
		must_hold(slice_equal(bytes, slice_of(again.data, again.len)),
		    "%zu bytes", again.len);
	}
	writer_free(&again);
	session_wipe(&session);
}
