/*
 * Terms in the configuration; the contract is in option_terms.h.
 */
#include "frontd/option_terms.h"

#include <limits.h>
#include <stdlib.h>

#include "frontd/terms.h"
#include "unstable/version_range.h"

bool
option_terms_take(cfg_t *section, struct control_terms *terms)
{
	const char *policy = cfg_getstr(section, "policy");
	const char *dh = cfg_getstr(section, "dh-params");
	const char *reason;
	char path[PATH_MAX];

	if (cfg_size(section, "tickets") > 0)
		terms->tickets = cfg_getbool(section, "tickets") == cfg_true
				     ? CONTROL_ON
				     : CONTROL_OFF;
	if (policy != NULL) {
		if ((reason = terms_check_policy(policy)) != NULL)
			return conf_refuse_option(section, "policy",
			    "policy \"%s\": %s", policy, reason);
		strcpy(terms->policy, policy);
	}
	if (dh != NULL) {
		if (dh[0] == '\0')
			return conf_refuse_option(
			    section, "dh-params", "dh-params is missing");
		if (!conf_path(section, "dh-params", dh, path, sizeof path))
			return false;
		if ((reason = terms_read_dh(path, terms->dh)) != NULL)
			return conf_refuse_option(
			    section, "dh-params", "%s: %s", path, reason);
	}
	return true;
}

/* What a proof needs of every site, besides its options. */
struct proof {
	cfg_t *cfg;
	struct options *options;
	struct s2n_cert_chain_and_key *chains[CONTROL_SITES_MAX];
	struct terms_table table;
};

static bool
load_chains(struct proof *proof)
{
	for (unsigned i = 0; i < proof->options->site_count; i++) {
		struct site_chain *chain = &proof->options->sites[i]->chain;

		proof->chains[i] = s2n_cert_chain_and_key_new();
		if (proof->chains[i] == NULL)
			return conf_refuse(proof->cfg, "out of memory");
		if (s2n_cert_chain_and_key_load_public_pem_bytes(
			proof->chains[i], (uint8_t *)chain->pem,
			(uint32_t)chain->len) != 0)
			return conf_refuse_option(
			    cfg_getnsec(proof->cfg, "site", i), "chain",
			    "chain of site \"%s\": %s",
			    proof->options->sites[i]->title,
			    s2n_strerror(s2n_errno, NULL));
	}
	return true;
}

/* At the word that chose the policy: the site's, the listener's, or none. */
static bool
refuse(const struct proof *proof, unsigned listener, unsigned site,
    const char *policy, const char *reason)
{
	const struct options *options = proof->options;
	cfg_t *section = cfg_getnsec(proof->cfg, "site", site);
	const char *option = "policy";

	if (options->sites[site]->what.terms.policy[0] == '\0')
		section = cfg_getnsec(proof->cfg, "listen", listener);
	if (cfg_getstr(section, "policy") == NULL) {
		section = cfg_getnsec(proof->cfg, "site", site);
		option = "chain";
	}
	return conf_refuse_option(section, option,
	    "policy \"%s\" for site \"%s\" at \"%s\": %s", policy,
	    options->sites[site]->title, options->listens[listener].text,
	    reason);
}

static void
note_old(struct options *options, const char *policy, int least)
{
	struct option_old *old = options->old;
	unsigned i = 0;

	if (least >= S2N_TLS12)
		return;
	while (i < options->old_count && strcmp(old[i].policy, policy) != 0)
		i++;
	if (i == options->old_count) {
		options->old_count++;
		old[i] = (struct option_old){ policy, least };
	} else if (least < old[i].least) {
		old[i].least = least;
	}
}

static bool
prove(struct proof *proof, unsigned listener, unsigned site)
{
	struct options *options = proof->options;
	struct terms terms =
	    terms_between(&options->listens[listener].what.terms,
		&options->sites[site]->what.terms);
	int row = terms_row(&proof->table, terms), least, most;
	struct s2n_config *config =
	    row >= 0 ? proof->table.rows[row].config : NULL;

	if (config == NULL ||
	    s2n_config_add_cert_chain_and_key_to_store(
		config, proof->chains[site]) != 0 ||
	    s2n_config_set_cert_chain_and_key_defaults(
		config, &proof->chains[site], 1) != 0 ||
	    s2n_config_get_version_range(config, &least, &most) != 0)
		return refuse(proof, listener, site, terms.policy,
		    s2n_strerror(s2n_errno, NULL));
	note_old(options, terms.policy, least);
	return true;
}

bool
option_terms_prove(cfg_t *cfg, struct options *options)
{
	struct proof proof = { .cfg = cfg, .options = options };
	bool done = load_chains(&proof);

	for (unsigned i = 0; done && i < options->listen_count; i++)
		for (unsigned j = 0; done && j < options->site_count; j++)
			done = prove(&proof, i, j);
	terms_table_free(&proof.table);
	for (unsigned i = 0; i < options->site_count; i++)
		s2n_cert_chain_and_key_free(proof.chains[i]);
	return done;
}
