/*
 * Listeners; the contract is in listener.h.
 */
#include "frontd/listener.h"

#include <stdlib.h>

#include "frontd/names.h"
#include "frontd/session.h"
#include "libtls/unstable/pkey_binding.h"

#define SEND_BUFFER 65536
#define BLINDING_SECONDS 10

static void
set_protocols(struct s2n_config *config, const struct control_site *site)
{
	struct slice protocol;
	size_t at = 0;

	while ((protocol = names_next(site->alpn, &at)).len > 0)
		worker_must(s2n_config_append_protocol_preference(
				config, protocol.data, (uint8_t)protocol.len),
		    "alpn");
}

/* All that does not depend on the terms. */
static void
fill(const struct listener *listener, struct s2n_config *config,
    s2n_client_hello_fn *hello)
{
	struct worker *worker = listener->worker;
	struct site *first = &worker->sites[listener->what.default_site];

	for (size_t i = 0; i < worker->site_count; i++) {
		struct site *site = &worker->sites[i];

		if (site->chain == NULL)
			continue;
		worker_must(s2n_config_add_cert_chain_and_key_to_store(
				config, site->chain),
		    "store");
		worker_must(keyclient_add(worker->keys, config, site->chain,
				site->what.spki),
		    "key");
	}
	worker_must(s2n_config_set_cert_chain_and_key_defaults(
			config, &first->chain, 1),
	    "default");
	worker_must(
	    s2n_config_set_send_buffer_size(config, SEND_BUFFER), "buffer");
	worker_must(s2n_config_set_max_blinding_delay(config, BLINDING_SECONDS),
	    "blinding");
	worker_must(
	    s2n_config_set_client_hello_cb(config, hello, NULL), "hello");
	worker_must(
	    s2n_config_set_early_data_cb(config, session_early_data), "early");
	set_protocols(config, &first->what);
}

void
listener_configure(struct listener *listener, s2n_client_hello_fn *hello)
{
	struct worker *worker = listener->worker;
	struct terms_table *table = &listener->table;
	int row;

	if (worker->sites[listener->what.default_site].chain == NULL)
		exit(EXIT_FAILURE);
	for (uint16_t i = 0; i < worker->site_count; i++) {
		row = terms_row(table,
		    terms_between(&listener->what.terms,
			&worker->sites[i].what.terms, &worker->client_cas));
		worker_must(row, "terms");
		listener->rows[i] = (uint16_t)row;
	}
	for (size_t i = 0; i < table->count; i++)
		fill(listener, table->rows[i].config, hello);
}

uint16_t
listener_site(const struct listener *listener, const char *name)
{
	const struct worker *worker = listener->worker;
	uint16_t chosen = listener->what.default_site;
	int best = 0, match;

	for (uint16_t i = 0; name != NULL && i < worker->site_count; i++) {
		const struct control_site *site = &worker->sites[i].what;

		match = names_match(site->names, name);
		if (match > best) {
			best = match;
			chosen = i;
		}
	}
	return chosen;
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
