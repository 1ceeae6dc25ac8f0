/*
 * frontd.conf; the contract is in options.h.
 */
#include "frontd/options.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "frontd/address.h"
#include "frontd/option_admin.h"
#include "frontd/option_backends.h"
#include "frontd/option_sites.h"
#include "frontd/option_terms.h"
#include "frontd/proxy_accept.h"

#define DEFAULT_KEYD_SOCKET "/run/sallyport/keyd.sock"
#define DEFAULT_OCSP_CACHE "/var/lib/sallyport"
#define DEFAULT_CONNECTIONS 10000
#define DEFAULT_HANDSHAKE_MS 10000
#define DEFAULT_IDLE_MS 60000
#define DEFAULT_DRAIN_MS 30000

/* ---- words that are not just text or a number ---- */

static int
take_processes(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	if (strcmp(value, "auto") == 0) {
		*(long *)result = 0;
		return 0;
	}
	if (conf_count(cfg, opt, value, result) != 0)
		return -1;
	if (*(long *)result <= CONTROL_WORKERS_MAX)
		return 0;
	cfg_error(cfg, "processes is auto or 1 to %d", CONTROL_WORKERS_MAX);
	return -1;
}

/* ---- sections ---- */

unsigned
options_find_site(const struct options *options, const char *title)
{
	size_t low = 0, high = options->site_count, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(options->by_title[middle]->title, title);
		if (order == 0)
			return options->by_title[middle]->what.site;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return options->site_count;
}

static bool
take_trusted(cfg_t *cfg, struct control_listen *what)
{
	const char *text;

	for (unsigned i = 0; i < cfg_size(cfg, "accept-proxy-from"); i++) {
		text = cfg_getnstr(cfg, "accept-proxy-from", i);
		if (i == CONTROL_NETWORKS_MAX)
			return conf_refuse_option(cfg, "accept-proxy-from",
			    "more than %d networks", CONTROL_NETWORKS_MAX);
		if (!proxy_network_parse(
			text, &what->trusted[what->trusted_count++]))
			return conf_refuse_option(cfg, "accept-proxy-from",
			    "a network is \"192.0.2.0/24\" or "
			    "\"2001:db8::/32\", not \"%s\"",
			    text);
	}
	return true;
}

static bool
take_listen(cfg_t *cfg, struct options *options)
{
	struct option_listen *listen = &options->listens[options->listen_count];
	const char *title = cfg_title(cfg), *site = cfg_getstr(cfg, "default");
	unsigned number;

	if (options->listen_count == CONTROL_LISTENERS_MAX)
		return conf_refuse(
		    cfg, "more than %d listeners", CONTROL_LISTENERS_MAX);
	if (!conf_text(
		cfg, "the address", title, listen->text, sizeof listen->text))
		return false;
	if (!address_parse(title, &listen->address, &listen->address_len))
		return conf_refuse(cfg,
		    "listen \"%s\": an address is \"127.0.0.1:443\" or "
		    "\"[::]:443\"",
		    title);
	listen->what = (struct control_listen){ .type = CONTROL_LISTEN,
		.handshake_timeout_ms =
		    (uint32_t)cfg_getint(cfg, "handshake-timeout"),
		.idle_timeout_ms = (uint32_t)cfg_getint(cfg, "idle-timeout"),
		.access_log = cfg_size(cfg, "access-log") > 0
				  ? cfg_getbool(cfg, "access-log") == cfg_true
				  : options->access_log };
	if (cfg_size(cfg, "lifetime-timeout") > 0)
		listen->what.lifetime_ms =
		    (uint32_t)cfg_getint(cfg, "lifetime-timeout");
	if (!take_trusted(cfg, &listen->what))
		return false;
	if (!option_terms_take(cfg, &listen->what.terms, options))
		return false;
	if (site == NULL)
		return conf_refuse(
		    cfg, "listen \"%s\" needs default = \"a site\"", title);
	number = options_find_site(options, site);
	if (number == options->site_count)
		return conf_refuse(cfg, "there is no site \"%s\"", site);
	listen->what.default_site = (uint16_t)number;
	options->listen_count++;
	return true;
}

/* At once as many as in a second, unless that is said. */
static bool
take_sources(cfg_t *cfg, struct sources_limits *limits)
{
	bool rate = cfg_size(cfg, "source-rate") > 0;

	if (cfg_size(cfg, "source-connections") > 0)
		limits->connections =
		    (uint32_t)cfg_getint(cfg, "source-connections");
	if (!rate && cfg_size(cfg, "source-burst") > 0)
		return conf_refuse_option(cfg, "source-burst",
		    "source-burst is of a source-rate, and there is none");
	if (!rate)
		return true;
	limits->rate = (uint32_t)cfg_getint(cfg, "source-rate");
	limits->burst = cfg_size(cfg, "source-burst") > 0
			    ? (uint32_t)cfg_getint(cfg, "source-burst")
			    : limits->rate;
	return true;
}

static bool
take_worker(cfg_t *cfg, struct options *options)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	long processes = cfg_getint(cfg, "processes");

	if (processes == 0)
		processes = cores < 1                     ? 1
			    : cores > CONTROL_WORKERS_MAX ? CONTROL_WORKERS_MAX
							  : cores;
	options->workers = (uint32_t)processes;
	options->strictness = (uint32_t)cfg_getint(cfg, "sandbox");
	options->max_connections = (uint32_t)cfg_getint(cfg, "max-connections");
	options->drain_timeout_ms = (uint32_t)cfg_getint(cfg, "drain-timeout");
	return take_sources(cfg, &options->sources);
}

static bool
take_nameservers(cfg_t *cfg, struct options *options)
{
	unsigned count = cfg_size(cfg, "nameservers");

	if (count > NAMESERVERS_MAX)
		return conf_refuse_option(cfg, "nameservers",
		    "more than %d nameservers", NAMESERVERS_MAX);
	for (unsigned i = 0; i < count; i++) {
		const char *text = cfg_getnstr(cfg, "nameservers", i);

		if (!nameservers_parse(text, &options->nameservers[i]))
			return conf_refuse_option(cfg, "nameservers",
			    "a name server is an address, not \"%s\"", text);
	}
	options->nameserver_count = count;
	return true;
}

/* Whether some site needs it, and what comes of a directory that is not there,
 * is for later. */
static bool
take_ocsp_cache(cfg_t *cfg, struct options *options)
{
	for (unsigned i = 0; i < options->site_count; i++) {
		options->fetches |= options->sites[i]->fetch != NULL;
		options->resolves |= options->sites[i]->names != NULL;
		options->shows |= options->sites[i]->backend_chain != NULL;
	}
	return conf_path(cfg, "ocsp-cache", cfg_getstr(cfg, "ocsp-cache"),
	    options->ocsp_cache, sizeof options->ocsp_cache);
}

static bool
take_all(cfg_t *cfg, struct options *options)
{
	cfg_t *page =
	    cfg_size(cfg, "page") > 0 ? cfg_getsec(cfg, "page") : NULL;
	const char *socket = page != NULL ? cfg_getstr(page, "socket") : NULL;

	options->log_format = (uint32_t)cfg_getint(cfg, "log-format");
	options->access_log = cfg_getbool(cfg, "access-log") == cfg_true;
	if (!take_worker(cfg_getsec(cfg, "worker"), options) ||
	    !conf_path(cfg, "keyd-socket", cfg_getstr(cfg, "keyd-socket"),
		options->keyd_socket, sizeof options->keyd_socket))
		return false;
	if (!option_admin_take(cfg, options))
		return false;
	if (socket != NULL &&
	    !conf_path(page, "socket", socket, options->page_socket,
		sizeof options->page_socket))
		return false;
	if (!option_sites_take(cfg, options) ||
	    !take_nameservers(cfg, options) || !take_ocsp_cache(cfg, options))
		return false;
	for (unsigned i = 0; i < cfg_size(cfg, "listen"); i++)
		if (!take_listen(cfg_getnsec(cfg, "listen", i), options))
			return false;
	if (options->listen_count == 0)
		return conf_refuse(cfg, "nothing to listen on");
	return option_terms_prove(cfg, options);
}

bool
options_read(const char *path, struct options *options)
{
	static const char *const with_lines[] = { "admin-socket",
		"admin-readers", "worker|source-burst",
		"listen|accept-proxy-from", "site|backend", "site|backends",
		"site|balance", "site|backend-tls", "site|backend-ca",
		"site|backend-certificate", "listen|policy", "listen|dh-params",
		"listen|client-ca", "listen|client-auth", "site|policy",
		"site|dh-params", "site|client-ca", "site|client-auth",
		"site|chain", "site|ocsp", "site|ocsp-responder",
		"sites|backend", "sites|backends", "sites|balance",
		"sites|backend-tls", "sites|backend-ca",
		"sites|backend-certificate", "sites|policy", "sites|dh-params",
		"sites|client-ca", "sites|client-auth", "sites|chains",
		"sites|ocsp", "sites|ocsp-responder", "nameservers" };
	cfg_opt_t worker[] = {
		CFG_INT_CB("processes", 0, CFGF_NONE, take_processes),
		CFG_INT_CB(
		    "sandbox", SANDBOX_BEST_EFFORT, CFGF_NONE, conf_sandbox),
		CFG_INT_CB("max-connections", DEFAULT_CONNECTIONS, CFGF_NONE,
		    conf_count),
		CFG_INT_CB("source-connections", 0, CFGF_NODEFAULT, conf_count),
		CFG_INT_CB("source-rate", 0, CFGF_NODEFAULT, conf_count),
		CFG_INT_CB("source-burst", 0, CFGF_NODEFAULT, conf_count),
		CFG_INT_CB("drain-timeout", DEFAULT_DRAIN_MS, CFGF_NONE,
		    conf_duration),
		CONF_END(),
	};
	cfg_opt_t listen[] = {
		CFG_STR("default", NULL, CFGF_NODEFAULT),
		CFG_INT_CB("handshake-timeout", DEFAULT_HANDSHAKE_MS, CFGF_NONE,
		    conf_duration),
		CFG_INT_CB(
		    "idle-timeout", DEFAULT_IDLE_MS, CFGF_NONE, conf_duration),
		CFG_INT_CB(
		    "lifetime-timeout", 0, CFGF_NODEFAULT, conf_duration),
		CFG_BOOL("access-log", cfg_true, CFGF_NODEFAULT),
		CFG_STR_LIST("accept-proxy-from", NULL, CFGF_NONE),
		OPTION_TERMS(),
		CONF_END(),
	};
	cfg_opt_t site[] = {
		CFG_STR_LIST("names", NULL, CFGF_NONE),
		CFG_STR("chain", NULL, CFGF_NODEFAULT),
		OPTION_SITES(),
		OPTION_BACKENDS(),
		OPTION_TERMS(),
		CONF_END(),
	};
	cfg_opt_t sites[] = {
		CFG_STR("chains", NULL, CFGF_NODEFAULT),
		CFG_BOOL("allow-expired", cfg_false, CFGF_NONE),
		OPTION_SITES(),
		OPTION_BACKENDS(),
		OPTION_TERMS(),
		CONF_END(),
	};
	cfg_opt_t page[] = {
		CFG_STR("socket", NULL, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_opt_t all[] = {
		CFG_SEC("worker", worker, CFGF_NONE),
		CONF_LOG_FORMAT(),
		OPTION_ADMIN(),
		CFG_BOOL("access-log", cfg_true, CFGF_NONE),
		CFG_STR("keyd-socket", DEFAULT_KEYD_SOCKET, CFGF_NONE),
		CFG_STR("ocsp-cache", DEFAULT_OCSP_CACHE, CFGF_NONE),
		CFG_STR_LIST("nameservers", NULL, CFGF_NONE),
		CFG_SEC("listen", listen, CONF_NAMED),
		CFG_SEC("site", site, CONF_NAMED),
		CFG_SEC("sites", sites, CONF_NAMED),
		CFG_SEC("page", page, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_t *cfg = cfg_init(all, CFGF_NONE);
	bool done;

	*options = (struct options){ 0 };
	if (cfg == NULL)
		return false;
	for (size_t i = 0; i < COUNT(with_lines); i++)
		cfg_set_validate_func(cfg, with_lines[i], conf_note_line);
	done = conf_read(cfg, path) && take_all(cfg, options);
	for (unsigned i = 0; i < options->site_count; i++)
		options->sites[i]->section = NULL;
	cfg_free(cfg);
	if (!done)
		options_free(options);
	return done;
}

void
options_free(struct options *options)
{
	struct option_unused *unused;

	for (unsigned i = 0; i < options->site_count; i++)
		option_sites_free_one(options->sites[i]);
	while ((unused = options->unused) != NULL) {
		options->unused = unused->next;
		free(unused);
	}
	free(options->sites);
	free(options->by_title);
	free(options->old);
	options->sites = options->by_title = NULL;
	options->old = NULL;
	options->site_count = 0;
	options->old_count = 0;
	client_cas_free(&options->client_cas);
	texts_free(&options->texts);
}
