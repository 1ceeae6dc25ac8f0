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
#include "frontd/names.h"
#include "frontd/option_admin.h"
#include "frontd/option_backends.h"
#include "frontd/option_terms.h"
#include "frontd/proxy_accept.h"

#define DEFAULT_KEYD_SOCKET "/run/sallyport/keyd.sock"
#define DEFAULT_OCSP_CACHE "/var/lib/sallyport"
#define DEFAULT_CONNECTIONS 10000
#define DEFAULT_HANDSHAKE_MS 10000
#define DEFAULT_IDLE_MS 60000
#define DEFAULT_DRAIN_MS 30000
#define EARLY_DATA_MAX 16384

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

static int
take_proxy(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	(void)opt;
	static const char *const words[] = { "none", "v1", "v2" };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(value, words[i]) != 0)
			continue;
		*(long *)result = (long)i;
		return 0;
	}
	cfg_error(cfg, "proxy-protocol is v1, v2 or none, not \"%s\"", value);
	return -1;
}

/* Bytes. */
static int
take_early_data(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	char *end;

	(void)opt;
	errno = 0;
	*(long *)result = strtol(value, &end, 10);
	if (errno == 0 && end != value && *end == '\0' &&
	    *(long *)result >= 0 && *(long *)result <= EARLY_DATA_MAX)
		return 0;
	cfg_error(cfg, "early-data is 0 to %d bytes, not \"%s\"",
	    EARLY_DATA_MAX, value);
	return -1;
}

/* ---- sections ---- */

static bool
keep(cfg_t *cfg, struct texts *texts, struct slice bytes, struct slice *kept)
{
	return texts_keep(texts, bytes, kept) ||
	       conf_refuse(cfg, "out of memory");
}

static bool
take_names(cfg_t *cfg, struct texts *texts, struct option_site *site)
{
	uint8_t list[CONTROL_NAMES_MAX];
	const char *name;
	size_t len = 0;

	for (unsigned i = 0; i < cfg_size(cfg, "names"); i++) {
		name = cfg_getnstr(cfg, "names", i);
		if (!names_append(list, sizeof list, &len, name))
			return conf_refuse(
			    cfg, "names: one is empty, or there are too many");
		if (!site_covers(&site->chain, name))
			return conf_refuse(cfg,
			    "names: the certificate does not stand for \"%s\"",
			    name);
	}
	return keep(cfg, texts, slice_of(list, len), &site->what.names);
}

static bool
take_chain(cfg_t *cfg, struct option_site *site)
{
	char path[PATH_MAX];
	const char *reason;

	if (!conf_path(
		cfg, "chain", cfg_getstr(cfg, "chain"), path, sizeof path))
		return false;
	if ((reason = site_read_chain(path, &site->chain)) != NULL)
		return conf_refuse_option(cfg, "chain", "%s: %s", path, reason);
	site->what.chain_size = (uint32_t)site->chain.pem.len;
	memcpy(site->what.spki, site->chain.spki, sizeof site->what.spki);
	return true;
}

/* One that has expired, or is yet to begin, is no error: it is not served. */
static bool
take_staple_file(cfg_t *cfg, const char *value, struct option_site *site)
{
	time_t now = (time_t)clock_day();
	char path[PATH_MAX];
	const char *reason;

	if (value[0] == '\0')
		return conf_refuse_option(cfg, "ocsp", "ocsp is missing");
	if (!conf_path(cfg, "ocsp", value, path, sizeof path))
		return false;
	reason = staple_read(path, &site->chain, &site->staple);
	if (reason != NULL)
		return conf_refuse_option(cfg, "ocsp", "%s: %s", path, reason);
	if (site->staple.times.until <= now)
		site->stale = "expired";
	else if (site->staple.times.from > now)
		site->stale = "not-yet-valid";
	if (site->stale != NULL)
		staple_free(&site->staple);
	return true;
}

/* A certificate without a responder is no error: the next one of a site may be
 * one, and its authority decides that. */
static bool
take_fetch(
    cfg_t *cfg, const char *url, struct texts *texts, struct option_site *site)
{
	struct inquiry inquiry;
	struct control_fetch *fetch;
	const char *reason = inquiry_make(&site->chain, url, &inquiry);

	if (reason == NULL) {
		if ((fetch = malloc(sizeof *fetch)) == NULL)
			return conf_refuse(cfg, "out of memory");
		site->fetch = fetch;
		*fetch = (struct control_fetch){ .type = CONTROL_FETCH,
			.port = inquiry.port };
		return keep(cfg, texts, control_text_of(inquiry.host),
			   &fetch->host) &&
		       keep(cfg, texts, control_text_of(inquiry.target),
			   &fetch->target) &&
		       keep(cfg, texts,
			   slice_of(inquiry.body, inquiry.body_len),
			   &fetch->body);
	}
	if (strcmp(reason, "url") == 0)
		return conf_refuse_option(cfg, "ocsp-responder",
		    "ocsp-responder is \"http://name/path\", perhaps with a "
		    "port, not \"%s\"",
		    url);
	site->stale = reason;
	return true;
}

static bool
take_staple(cfg_t *cfg, struct texts *texts, struct option_site *site)
{
	const char *value = cfg_getstr(cfg, "ocsp");
	const char *url = cfg_getstr(cfg, "ocsp-responder");
	bool fetch = value != NULL ? strcmp(value, "fetch") == 0 : url != NULL;

	if (url != NULL && !fetch)
		return conf_refuse_option(cfg, "ocsp-responder",
		    "ocsp-responder goes with ocsp = fetch");
	if (fetch)
		return take_fetch(cfg, url, texts, site);
	if (value != NULL)
		return take_staple_file(cfg, value, site);
	if (staple_demanded(&site->chain))
		site->stale = "missing";
	return true;
}

/* A place for one more; at the powers of two there are twice as many. */
static bool
make_place(cfg_t *cfg, struct options *options)
{
	size_t count = options->site_count;
	struct option_site **grown;

	if (count == CONTROL_SITES_MAX)
		return conf_refuse(
		    cfg, "more than %d sites", CONTROL_SITES_MAX);
	if ((count & (count - 1)) != 0)
		return true;
	grown = realloc(
	    options->sites, (count > 0 ? 2 * count : 1) * sizeof(void *));
	if (grown == NULL)
		return conf_refuse(cfg, "out of memory");
	options->sites = grown;
	return true;
}

static int
compare_titles(const void *one, const void *other)
{
	const struct option_site *const *a = one, *const *b = other;

	return strcmp((*a)->title, (*b)->title);
}

static bool
sort_sites(cfg_t *cfg, struct options *options)
{
	size_t size = options->site_count * sizeof(void *);

	if (size == 0)
		return true;
	if ((options->by_title = malloc(size)) == NULL)
		return conf_refuse(cfg, "out of memory");
	memcpy(options->by_title, options->sites, size);
	qsort(options->by_title, options->site_count, sizeof(void *),
	    compare_titles);
	return true;
}

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
take_site(cfg_t *cfg, struct options *options)
{
	struct texts *texts = &options->texts;
	struct option_site *site;

	if (!make_place(cfg, options))
		return false;
	if ((site = calloc(1, sizeof *site)) == NULL)
		return conf_refuse(cfg, "out of memory");
	site->what.type = CONTROL_SITE;
	site->what.site = options->site_count;
	site->what.proxy = (uint8_t)cfg_getint(cfg, "proxy-protocol");
	site->what.early_data = (uint32_t)cfg_getint(cfg, "early-data");
	options->sites[options->site_count++] = site;
	site->line = (unsigned)cfg->line;
	if (!conf_text(cfg, "the site's name", cfg_title(cfg), site->title,
		sizeof site->title) ||
	    !take_chain(cfg, site) || !take_staple(cfg, texts, site) ||
	    !take_names(cfg, texts, site) ||
	    !option_backends_take(cfg, site, options) ||
	    !option_terms_take(cfg, &site->what.terms, options))
		return false;
	site->what.title = control_text_of(site->title);
	site_forget_leaf(&site->chain);
	return true;
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
	for (unsigned i = 0; i < cfg_size(cfg, "site"); i++)
		if (!take_site(cfg_getnsec(cfg, "site", i), options))
			return false;
	if (!sort_sites(cfg, options) || !take_nameservers(cfg, options) ||
	    !take_ocsp_cache(cfg, options))
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
		"nameservers" };
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
		CFG_STR("ocsp", NULL, CFGF_NODEFAULT),
		CFG_STR("ocsp-responder", NULL, CFGF_NODEFAULT),
		OPTION_BACKENDS(),
		CFG_INT_CB("proxy-protocol", 0, CFGF_NONE, take_proxy),
		CFG_INT_CB("early-data", 0, CFGF_NONE, take_early_data),
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
	cfg_free(cfg);
	if (!done)
		options_free(options);
	return done;
}

void
options_free(struct options *options)
{
	for (unsigned i = 0; i < options->site_count; i++) {
		site_free_chain(&options->sites[i]->chain);
		staple_free(&options->sites[i]->staple);
		free(options->sites[i]->fetch);
		option_backends_free(options->sites[i]);
		free(options->sites[i]);
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
