/*
 * Session ticket keys; the contract is in ticketing.h.
 */
#include "frontd/ticketing.h"

#include "base/log.h"

/* keyd tells of keys again that a config has. */
static bool
is_there_already(void)
{
	return strcmp(s2n_strerror_name(s2n_errno),
		   "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH") == 0;
}

/* Lifetimes are those of the last key: keyd has the same for all, until it is
 * started with others. */
static bool
add(struct s2n_config *config, const struct keyclient_ticket_key *key)
{
	uint8_t secret[sizeof key->secret];
	bool added;

	memcpy(secret, key->secret, sizeof secret);
	added = s2n_config_set_ticket_encrypt_decrypt_key_lifetime(
		    config, key->ends - key->begins) == S2N_SUCCESS &&
		s2n_config_set_ticket_decrypt_key_lifetime(
		    config, key->dies - key->ends) == S2N_SUCCESS &&
		s2n_config_set_session_state_lifetime(
		    config, key->dies - key->begins) == S2N_SUCCESS &&
		s2n_config_add_ticket_crypto_key(config, key->name,
		    sizeof key->name, secret, sizeof secret,
		    key->begins) == S2N_SUCCESS;
	explicit_bzero(secret, sizeof secret);
	return added || is_there_already();
}

/* Without a key there are no tickets, and full handshakes. */
static void
take_key(const struct keyclient_ticket_key *key, void *ctx)
{
	struct worker *worker = ctx;
	bool added = true;

	for (size_t i = 0; i < worker->listener_count; i++) {
		const struct terms_table *table = &worker->listeners[i].table;

		for (size_t row = 0; row < table->count; row++)
			if (table->rows[row].terms.tickets)
				added =
				    add(table->rows[row].config, key) && added;
	}
	if (!added)
		log_event(LOG_LEVEL_WARN, "ticket-key", "reason=\"%s\"",
		    s2n_strerror(s2n_errno, NULL));
}

static bool
gives_tickets(const struct listener *listener)
{
	for (size_t row = 0; row < listener->table.count; row++)
		if (listener->table.rows[row].terms.tickets)
			return true;
	return false;
}

/* A worker that gives none has no business with their keys. */
void
ticketing_start(struct worker *worker)
{
	bool wanted = false;

	for (size_t i = 0; i < worker->listener_count; i++)
		wanted = wanted || gives_tickets(&worker->listeners[i]);
	if (wanted)
		keyclient_ticket_keys(worker->keys, take_key);
}
