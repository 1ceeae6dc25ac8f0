/*
 * Listeners; the contract is in listener.h.
 */
#include "frontd/listener.h"

#include <stdlib.h>

#include "frontd/names.h"
#include "frontd/relay.h"
#include "frontd/session.h"
#include "libtls/unstable/pkey_binding.h"

/* What a relay has for a client at a time, in records. */
#define SEND_BUFFER (RELAY_DOWN + 2048)
#define BLINDING_SECONDS 10
#define DEFAULTS_MAX 4 /* kinds of keys that the library knows */

/*
 * Whether a config of this row is to have a chain that is not of one of its
 * sites: where its site shares a name with one of them, since libtls has a
 * chain of each kind of key for a name; and where the default site is of this
 * row, to which come those who ask for a name that only a certificate has.
 */
static bool
serves_besides(const struct listener *listener, size_t row, uint16_t number)
{
	const struct worker *worker = listener->worker;
	struct slice names = worker->sites[number].what.names, name;
	size_t at = 0;
	int owner;

	if (listener->rows[listener->what.default_site] == row)
		return true;
	while ((name = names_next(names, &at)).len > 0) {
		owner = lookup_owner(&worker->lookup, name);
		if (owner != LOOKUP_NONE && listener->rows[owner] == row)
			return true;
	}
	return false;
}

/* The master has proven that a site's own config takes its chain. */
static void
add_chains(const struct listener *listener, size_t row)
{
	struct s2n_config *config = listener->table.rows[row].config;
	struct worker *worker = listener->worker;

	for (uint16_t i = 0; i < worker->site_count; i++) {
		struct site *site = &worker->sites[i];
		bool own = listener->rows[i] == row;

		if (!own && !serves_besides(listener, row, i))
			continue;
		if (s2n_config_add_cert_chain_and_key_to_store(
			config, site->chain) == S2N_SUCCESS)
			worker_must(keyclient_add(worker->keys, config,
					site->chain, site->what.spki),
			    "key");
		else if (own)
			worker_must(S2N_FAILURE, "store");
	}
}

/*
 * Who asks for no name, or for one that no certificate has, is shown the
 * default site's chain, or one beside it whose key is of another kind; of each
 * kind the first, as for a name.
 */
static int
set_defaults(const struct listener *listener, struct s2n_config *config)
{
	const struct worker *worker = listener->worker;
	const uint16_t number = listener->what.default_site;
	const uint16_t first = worker->sites[number].what.beside;
	struct s2n_cert_chain_and_key *chains[DEFAULTS_MAX] = {
		worker->sites[number].chain
	};
	uint32_t count = 1;

	for (uint16_t i = first; i < worker->site_count; i++) {
		if (i == number || worker->sites[i].what.beside != first ||
		    count == COUNT(chains))
			continue;
		chains[count] = worker->sites[i].chain;
		if (s2n_config_set_cert_chain_and_key_defaults(
			config, chains, count + 1) == S2N_SUCCESS)
			count++;
	}
	return s2n_config_set_cert_chain_and_key_defaults(
	    config, chains, count);
}

/* All that does not depend on the terms. */
static void
fill(const struct listener *listener, size_t row, s2n_client_hello_fn *hello)
{
	struct s2n_config *config = listener->table.rows[row].config;
	int r;

	add_chains(listener, row);
	r = set_defaults(listener, config);
	/* Another's is for names of its own sites alone. */
	if (listener->rows[listener->what.default_site] == row)
		worker_must(r, "default");
	worker_must(
	    s2n_config_set_send_buffer_size(config, SEND_BUFFER), "buffer");
	worker_must(s2n_config_set_max_blinding_delay(config, BLINDING_SECONDS),
	    "blinding");
	worker_must(
	    s2n_config_set_client_hello_cb(config, hello, NULL), "hello");
	worker_must(
	    s2n_config_set_early_data_cb(config, session_early_data), "early");
}

void
listener_configure(struct listener *listener, s2n_client_hello_fn *hello)
{
	struct worker *worker = listener->worker;
	struct terms_table *table = &listener->table;
	int row;

	listener->rows = calloc(worker->site_count, sizeof *listener->rows);
	if (listener->rows == NULL)
		exit(EXIT_FAILURE);
	for (uint16_t i = 0; i < worker->site_count; i++) {
		row = terms_row(table,
		    terms_between(&listener->what.terms,
			&worker->sites[i].what.terms, &worker->client_cas));
		worker_must(row, "terms");
		listener->rows[i] = (uint16_t)row;
	}
	for (size_t i = 0; i < table->count; i++)
		fill(listener, i, hello);
}

uint16_t
listener_site(const struct listener *listener, const char *name)
{
	int site = name != NULL ? lookup_find(&listener->worker->lookup, name)
				: LOOKUP_NONE;

	return site != LOOKUP_NONE ? (uint16_t)site
				   : listener->what.default_site;
}

const struct terms_row *
listener_terms(const struct listener *listener, uint16_t site)
{
	return &listener->table.rows[listener->rows[site]];
}

uint32_t
listener_needs(const struct listener *listener, uint16_t site)
{
	uint32_t needs = 0;

	(void)!s2n_config_get_pkey_needs(listener_terms(listener, site)->config,
	    listener->worker->sites[site].chain, &needs);
	return needs;
}
