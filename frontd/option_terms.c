/*
 * Terms in the configuration; the contract is in option_terms.h.
 */
#include "frontd/option_terms.h"

#include <limits.h>
#include <stdlib.h>

#include "frontd/names.h"
#include "frontd/option_sites.h"
#include "frontd/terms.h"
#include "unstable/version_range.h"

static bool
keep(cfg_t *section, struct options *options, const char *text,
    struct slice *kept)
{
	return texts_keep(&options->texts, control_text_of(text), kept) ||
	       conf_refuse(section, "out of memory");
}

static bool
take_policy(
    cfg_t *section, struct control_terms *terms, struct options *options)
{
	const char *policy = cfg_getstr(section, "policy");
	const char *reason;

	if (policy == NULL)
		return true;
	if ((reason = terms_check_policy(policy)) != NULL)
		return conf_refuse_option(
		    section, "policy", "policy \"%s\": %s", policy, reason);
	return keep(section, options, policy, &terms->policy);
}

static bool
take_alpn(cfg_t *section, struct control_terms *terms, struct options *options)
{
	uint8_t list[CONTROL_ALPN_MAX];
	size_t len = 0;

	for (unsigned i = 0; i < cfg_size(section, "alpn"); i++)
		if (!names_append(list, sizeof list, &len,
			cfg_getnstr(section, "alpn", i)))
			return conf_refuse(section,
			    "alpn: a protocol is empty, or all of them are "
			    "longer than %d bytes",
			    CONTROL_ALPN_MAX);
	return texts_keep(&options->texts, slice_of(list, len), &terms->alpn) ||
	       conf_refuse(section, "out of memory");
}

/* The path that an option names. False after a message. */
static bool
take_path(cfg_t *section, const char *option, char path[PATH_MAX])
{
	const char *value = cfg_getstr(section, option);

	if (value[0] == '\0')
		return conf_refuse_option(
		    section, option, "%s is missing", option);
	return conf_path(section, option, value, path, PATH_MAX);
}

static bool
take_dh(cfg_t *section, struct control_terms *terms, struct options *options)
{
	char pem[CONTROL_DH_MAX];
	const char *reason;
	char path[PATH_MAX];

	if (cfg_getstr(section, "dh-params") == NULL)
		return true;
	if (!take_path(section, "dh-params", path))
		return false;
	if ((reason = terms_read_dh(path, pem)) != NULL)
		return conf_refuse_option(
		    section, "dh-params", "%s: %s", path, reason);
	return keep(section, options, pem, &terms->dh);
}

/*
 * The number of a file, which is read when it is new. NULL, or why it cannot be
 * taken; what is in it libtls has to say.
 */
static const char *
read_client_ca(struct client_cas *cas, const char *path, uint16_t *number)
{
	struct client_ca *ca = &cas->at[cas->count];
	const char *reason;

	for (uint16_t i = 0; i < cas->count; i++) {
		if (strcmp(cas->at[i].path, path) != 0)
			continue;
		*number = (uint16_t)(i + 1);
		return NULL;
	}
	if (cas->count == COUNT(cas->at))
		return "there are more than 64 files of authorities";
	if ((reason = pem_file_read(path, &ca->pem)) != NULL)
		return reason;
	if (memchr(ca->pem.text, '\0', ca->pem.len) != NULL ||
	    (ca->path = strdup(path)) == NULL) {
		pem_file_free(&ca->pem);
		return "no PEM text";
	}
	*number = ++cas->count;
	return terms_check_client_ca(ca->pem.text);
}

bool
option_terms_take_ca(cfg_t *section, const char *option, struct client_cas *cas,
    uint16_t *number)
{
	const char *reason;
	char path[PATH_MAX];

	if (cfg_getstr(section, option) == NULL)
		return true;
	if (!take_path(section, option, path))
		return false;
	reason = read_client_ca(cas, path, number);
	if (reason != NULL)
		return conf_refuse_option(
		    section, option, "%s: %s", path, reason);
	return true;
}

static bool
take_client_auth(cfg_t *section, struct control_terms *terms)
{
	static const struct {
		const char *word;
		uint16_t value;
	} words[] = { { "none", CLIENT_AUTH_NONE },
		{ "optional", CLIENT_AUTH_OPTIONAL },
		{ "require", CLIENT_AUTH_REQUIRE } };
	const char *word = cfg_getstr(section, "client-auth");

	if (word == NULL)
		return true;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(words[i].word, word) != 0)
			continue;
		terms->client_auth = words[i].value;
		return true;
	}
	return conf_refuse_option(section, "client-auth",
	    "client-auth is none, optional or require, not \"%s\"", word);
}

static void
take_tickets(cfg_t *section, struct control_terms *terms)
{
	if (cfg_size(section, "tickets") > 0)
		terms->tickets = cfg_getbool(section, "tickets") == cfg_true
				     ? CONTROL_ON
				     : CONTROL_OFF;
}

bool
option_terms_take(
    cfg_t *section, struct control_terms *terms, struct options *options)
{
	take_tickets(section, terms);
	return take_policy(section, terms, options) &&
	       take_alpn(section, terms, options) &&
	       take_dh(section, terms, options) &&
	       option_terms_take_ca(section, "client-ca", &options->client_cas,
		   &terms->client_ca) &&
	       take_client_auth(section, terms);
}

/* What a proof needs of every site, besides its options. */
struct proof {
	cfg_t *cfg;
	struct options *options;
	struct s2n_cert_chain_and_key *chain; /* of the site at hand */
	struct terms_table *tables;           /* by listener */
};

static bool
load_chain(struct proof *proof, unsigned site)
{
	struct site_chain *chain = &proof->options->sites[site]->chain;
	cfg_t *section;

	if ((proof->chain = s2n_cert_chain_and_key_new()) == NULL)
		return conf_refuse(proof->cfg, "out of memory");
	if (s2n_cert_chain_and_key_load_public_pem_bytes(proof->chain,
		(uint8_t *)chain->pem.text, (uint32_t)chain->pem.len) == 0)
		return true;
	section = proof->options->sites[site]->section;
	return conf_refuse_option(section, option_sites_word(section), "%s: %s",
	    control_text(proof->options->sites[site]->file),
	    s2n_strerror(s2n_errno, NULL));
}

/* At the word that chose the policy: the site's, the listener's, or none. */
static bool
refuse(const struct proof *proof, unsigned listener, unsigned site,
    const char *policy, const char *reason)
{
	const struct options *options = proof->options;
	cfg_t *section = options->sites[site]->section;
	const char *option = "policy";

	if (options->sites[site]->what.terms.policy.len == 0)
		section = cfg_getnsec(proof->cfg, "listen", listener);
	if (cfg_getstr(section, "policy") == NULL) {
		section = options->sites[site]->section;
		option = option_sites_word(section);
	}
	return conf_refuse_option(section, option,
	    "policy \"%s\" for site \"%s\" at \"%s\": %s", policy,
	    options->sites[site]->title, options->listens[listener].text,
	    reason);
}

/* At the word that asks for certificates: the site's or the listener's. */
static bool
refuse_client_auth(const struct proof *proof, unsigned listener, unsigned site,
    const char *reason)
{
	const struct options *options = proof->options;
	cfg_t *section = options->sites[site]->section;

	if (cfg_getstr(section, "client-auth") == NULL)
		section = cfg_getnsec(proof->cfg, "listen", listener);
	return conf_refuse_option(section, "client-auth",
	    "client-auth \"%s\" for site \"%s\" at \"%s\": %s",
	    cfg_getstr(section, "client-auth"), options->sites[site]->title,
	    options->listens[listener].text, reason);
}

static bool
note_old(struct options *options, const char *policy, int least)
{
	struct option_old *old;
	size_t i = 0;

	if (least >= S2N_TLS12)
		return true;
	while (i < options->old_count &&
	       strcmp(options->old[i].policy, policy) != 0)
		i++;
	if (i == options->old_count) {
		old = realloc(options->old, (i + 1) * sizeof *old);
		if (old == NULL)
			return false;
		options->old = old;
		options->old[options->old_count++] =
		    (struct option_old){ policy, least };
	} else if (least < options->old[i].least) {
		options->old[i].least = least;
	}
	return true;
}

/* The chain is in a config for as long as it takes to see that it may be. */
static bool
prove(struct proof *proof, unsigned listener, unsigned site)
{
	struct options *options = proof->options;
	struct terms_table *table = &proof->tables[listener];
	struct terms terms =
	    terms_between(&options->listens[listener].what.terms,
		&options->sites[site]->what.terms, &options->client_cas);
	const char *reason = terms_check_client_auth(terms);
	struct s2n_config *config = NULL;
	int row, least, most;

	if (reason != NULL)
		return refuse_client_auth(proof, listener, site, reason);
	if ((row = terms_row(table, terms)) >= 0)
		config = table->rows[row].config;
	if (config == NULL ||
	    s2n_config_set_cert_chain_and_key_defaults(
		config, &proof->chain, 1) != 0 ||
	    s2n_config_get_version_range(config, &least, &most) != 0)
		return refuse(proof, listener, site, terms.policy,
		    s2n_strerror(s2n_errno, NULL));
	return note_old(options, terms.policy, least) ||
	       conf_refuse(proof->cfg, "out of memory");
}

bool
option_terms_prove(cfg_t *cfg, struct options *options)
{
	struct terms_table tables[CONTROL_LISTENERS_MAX] = { { 0 } };
	struct proof proof = {
		.cfg = cfg, .options = options, .tables = tables
	};
	bool done = true;

	for (unsigned i = 0; done && i < options->site_count; i++) {
		done = load_chain(&proof, i);
		for (unsigned j = 0; done && j < options->listen_count; j++)
			done = prove(&proof, j, i);
		s2n_cert_chain_and_key_free(proof.chain);
		proof.chain = NULL;
	}
	for (unsigned i = 0; i < options->listen_count; i++)
		terms_table_free(&tables[i]);
	return done;
}
