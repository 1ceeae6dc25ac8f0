/*
 * Early data; the contract is in early.h.
 */
#include "frontd/early.h"

#include <stdlib.h>

#include "base/clock.h"

/* Of a ticket with early data: some hundred bytes. */
#define IDENTITY_MAX 1024

/* By the ticket, which is nobody else's. */
static bool
is_first(struct replay *replay, struct s2n_connection *conn)
{
	uint8_t identity[IDENTITY_MAX];
	uint16_t len;

	return s2n_connection_get_negotiated_psk_identity_length(conn, &len) ==
		   S2N_SUCCESS &&
	       len != 0 && len <= sizeof identity &&
	       s2n_connection_get_negotiated_psk_identity(
		   conn, identity, sizeof identity) == S2N_SUCCESS &&
	       replay_first(replay, slice_of(identity, len), clock_day());
}

bool
early_answer(struct early *early, struct replay *replay,
    struct s2n_connection *conn, struct s2n_offered_early_data *offered)
{
	early->taken = is_first(replay, conn);
	return (early->taken
		       ? s2n_offered_early_data_accept(offered)
		       : s2n_offered_early_data_reject(offered)) == S2N_SUCCESS;
}

/* As much as the ticket allows, once there is some. */
static bool
make_room(struct early *early, struct s2n_connection *conn)
{
	uint32_t size;

	if (early->data != NULL ||
	    s2n_connection_get_max_early_data_size(conn, &size) !=
		S2N_SUCCESS ||
	    (early->data = malloc(size)) == NULL)
		return false;
	early->room = size;
	return true;
}

enum early_state
early_receive(struct early *early, struct s2n_connection *conn,
    s2n_blocked_status *blocked)
{
	ssize_t got;
	int r;

	do {
		r = s2n_recv_early_data(conn,
		    early->data != NULL ? early->data + early->len : NULL,
		    (ssize_t)(early->room - early->len), &got, blocked);
		early->len += (size_t)got;
		if (r == S2N_SUCCESS) {
			early->over = true;
			return EARLY_OVER;
		}
		if (*blocked != S2N_BLOCKED_ON_EARLY_DATA)
			return EARLY_WAITS;
	} while (make_room(early, conn));
	return EARLY_NO_ROOM;
}

const char *
early_word(const struct early *early, struct s2n_connection *conn)
{
	s2n_early_data_status_t status;

	if (early->taken)
		return "taken";
	(void)!s2n_connection_get_early_data_status(conn, &status);
	return status == S2N_EARLY_DATA_STATUS_REJECTED ? "refused" : "-";
}

void
early_free(struct early *early)
{
	free(early->data);
	early->data = NULL;
	early->len = early->room = 0;
}
