/*
 * Backends; the contract is in option_backends.h.
 */
#include "frontd/option_backends.h"

#include <stdlib.h>

#include "frontd/address.h"
#include "frontd/option_terms.h"

/* Attempts that a connection waits for, at most, and a moment more. */
#define ATTEMPTS_WAITED 3
#define MOMENT_MS 500

/* For whoever looks names up, one name is always written alike. */
static bool
add_name(struct option_site *site, const char *host, uint16_t port)
{
	struct option_name *name = malloc(sizeof *name + strlen(host) + 1);

	if (name == NULL)
		return false;
	*name = (struct option_name){ .next = site->names,
		.number = (uint16_t)site->balance.count,
		.port = port };
	for (size_t i = 0; i <= strlen(host); i++)
		name->host[i] = host[i] >= 'A' && host[i] <= 'Z'
				    ? (char)(host[i] - 'A' + 'a')
				    : host[i];
	site->names = name;
	return true;
}

void
option_backends_free(struct option_site *site)
{
	struct option_name *name;

	while ((name = site->names) != NULL) {
		site->names = name->next;
		free(name);
	}
	if (site->backend_chain != NULL)
		site_free_chain(site->backend_chain);
	free(site->backend_chain);
	free(site->backends);
}

static bool
take_one(
    cfg_t *cfg, const char *option, const char *text, struct option_site *site)
{
	struct control_balance *balance = &site->balance;
	struct control_backend *backend;
	char host[ADDRESS_HOST_MAX];
	uint16_t port;

	if (balance->count == CONTROL_BACKENDS_MAX)
		return conf_refuse_option(
		    cfg, option, "more than %d backends", CONTROL_BACKENDS_MAX);
	backend = realloc(
	    site->backends, (balance->count + 1) * sizeof *site->backends);
	if (backend == NULL)
		return conf_refuse(cfg, "out of memory");
	site->backends = backend;
	backend += balance->count;
	*backend = (struct control_backend){ .type = CONTROL_BACKEND,
		.site = site->what.site,
		.number = (uint16_t)balance->count };
	if (text != NULL && address_parse_name(text, host, &port)) {
		if (!add_name(site, host, port))
			return conf_refuse(cfg, "out of memory");
	} else if (text == NULL ||
		   !address_parse_backend(
		       text, &backend->address, &backend->address_len)) {
		return conf_refuse_option(cfg, option,
		    "a backend is \"unix:/path\", \"127.0.0.1:80\", "
		    "\"[::1]:80\" or \"name:80\"");
	}
	balance->count++;
	return true;
}

static bool
take_all(cfg_t *cfg, struct option_site *site)
{
	const char *single = cfg_getstr(cfg, "backend");
	unsigned several = cfg_size(cfg, "backends");

	if (single != NULL && several > 0)
		return conf_refuse_option(
		    cfg, "backends", "there is a backend already");
	if (several == 0)
		return take_one(cfg, "backend", single, site);
	for (unsigned i = 0; i < several; i++)
		if (!take_one(
			cfg, "backends", cfg_getnstr(cfg, "backends", i), site))
			return false;
	return true;
}

/* What the backends are shown. Its key is in keyd, as that of any chain. */
static bool
take_certificate(cfg_t *cfg, struct option_site *site)
{
	const char *value = cfg_getstr(cfg, "backend-certificate"), *reason;
	struct site_chain *chain;
	char path[PATH_MAX];

	if (value == NULL)
		return true;
	if (site->what.backend_ca == 0)
		return conf_refuse_option(
		    cfg, "backend-certificate", "needs backend-tls");
	if (!conf_path(cfg, "backend-certificate", value, path, sizeof path))
		return false;
	if ((chain = calloc(1, sizeof *chain)) == NULL)
		return conf_refuse(cfg, "out of memory");
	if ((reason = site_read_chain(path, chain)) != NULL) {
		free(chain);
		return conf_refuse_option(
		    cfg, "backend-certificate", "%s: %s", path, reason);
	}
	site->backend_chain = chain;
	site->what.backend_chain_size = (uint32_t)chain->pem.len;
	memcpy(site->what.backend_spki, chain->spki,
	    sizeof site->what.backend_spki);
	return true;
}

/* TLS to the backends, if it is asked for. */
static bool
take_tls(cfg_t *cfg, struct control_site *site, struct options *options)
{
	const char *name = cfg_getstr(cfg, "backend-tls");

	if (!option_terms_take_ca(
		cfg, "backend-ca", &options->client_cas, &site->backend_ca))
		return false;
	if (name == NULL && site->backend_ca == 0)
		return true;
	if (name == NULL)
		return conf_refuse_option(cfg, "backend-ca",
		    "needs backend-tls, the name of the backend");
	if (site->backend_ca == 0)
		return conf_refuse_option(cfg, "backend-tls",
		    "needs backend-ca, the authorities of the backend");
	if (name[0] == '\0')
		return conf_refuse_option(
		    cfg, "backend-tls", "the name is empty");
	if (strlen(name) >= CONTROL_BACKEND_NAME_MAX)
		return conf_refuse(cfg,
		    "the name of the backend is longer than %d bytes",
		    CONTROL_BACKEND_NAME_MAX - 1);
	return texts_keep(&options->texts, control_text_of(name),
		   &site->backend_name) ||
	       conf_refuse(cfg, "out of memory");
}

bool
option_backends_take(
    cfg_t *cfg, struct option_site *site, struct options *options)
{
	struct control_balance *balance = &site->balance;
	const char *word = cfg_getstr(cfg, "balance");
	uint32_t waited;

	*balance = (struct control_balance){ .type = CONTROL_BALANCE,
		.site = site->what.site,
		.connect_ms = (uint32_t)cfg_getint(cfg, "connect-timeout"),
		.failures = (uint32_t)cfg_getint(cfg, "backend-failures"),
		.down_ms = (uint32_t)cfg_getint(cfg, "backend-down") };
	strcpy(balance->title, site->title);
	if (cfg_size(cfg, "backend-check") > 0)
		balance->check_ms = (uint32_t)cfg_getint(cfg, "backend-check");
	if (strcmp(word, "least-connections") == 0)
		balance->least_connections = 1;
	else if (strcmp(word, "round-robin") != 0)
		return conf_refuse_option(cfg, "balance",
		    "balance is round-robin or least-connections, not \"%s\"",
		    word);
	if (!take_all(cfg, site) || !take_tls(cfg, &site->what, options) ||
	    !take_certificate(cfg, site))
		return false;
	/* A name may have several addresses. */
	waited = balance->count < ATTEMPTS_WAITED && site->names == NULL
		     ? balance->count
		     : ATTEMPTS_WAITED;
	site->what.backend_ms = waited * balance->connect_ms + MOMENT_MS;
	return true;
}
