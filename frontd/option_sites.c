/*
 * Blocks of sites; the contract is in option_sites.h.
 */
#include "frontd/option_sites.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "frontd/chain_files.h"
#include "frontd/lookup.h"
#include "frontd/names.h"
#include "frontd/option_backends.h"
#include "frontd/option_terms.h"

#define EARLY_DATA_MAX 16384

/* ---- words that are not just text or a number ---- */

int
option_sites_proxy(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
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
int
option_sites_early_data(
    cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
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

/* ---- what a site and each of a directory's have ---- */

/* About a file, at the word that names it. False. */
static bool __attribute__((format(printf, 3, 4)))
refuse_chain(cfg_t *cfg, const char *path, const char *format, ...)
{
	char reason[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	return conf_refuse_option(
	    cfg, option_sites_word(cfg), "%s: %s", path, reason);
}

const char *
option_sites_word(struct cfg_t *section)
{
	return strcmp(cfg_name(section), "sites") == 0 ? "chains" : "chain";
}

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

/* What has been read is told. */
static bool
keep_chain(
    cfg_t *cfg, struct texts *texts, const char *path, struct option_site *site)
{
	site->what.chain_size = (uint32_t)site->chain.pem.len;
	memcpy(site->what.spki, site->chain.spki, sizeof site->what.spki);
	return keep(cfg, texts, control_text_of(path), &site->file);
}

static bool
take_chain(cfg_t *cfg, struct texts *texts, struct option_site *site)
{
	char path[PATH_MAX];
	const char *reason;

	if (!conf_path(
		cfg, "chain", cfg_getstr(cfg, "chain"), path, sizeof path))
		return false;
	if ((reason = site_read_chain(path, &site->chain)) != NULL)
		return conf_refuse_option(cfg, "chain", "%s: %s", path, reason);
	return keep_chain(cfg, texts, path, site);
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

/* One more, counted; NULL after a message. */
static struct option_site *
add_site(cfg_t *cfg, struct options *options)
{
	struct option_site *site;

	if (!make_place(cfg, options))
		return NULL;
	if ((site = calloc(1, sizeof *site)) == NULL) {
		conf_refuse(cfg, "out of memory");
		return NULL;
	}
	options->sites[options->site_count++] = site;
	return site;
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
	const struct option_site *before, *at;

	if (size == 0)
		return true;
	if ((options->by_title = malloc(size)) == NULL)
		return conf_refuse(cfg, "out of memory");
	memcpy(options->by_title, options->sites, size);
	qsort(options->by_title, options->site_count, sizeof(void *),
	    compare_titles);
	for (unsigned i = 1; i < options->site_count; i++) {
		before = options->by_title[i - 1];
		at = options->by_title[i];
		if (strcmp(at->title, before->title) != 0)
			continue;
		if (at->what.site < before->what.site)
			at = before;
		return refuse_chain(at->section, control_text(at->file),
		    "there is a site \"%s\" already", at->title);
	}
	return true;
}

/* The words that are in either kind of block; what they say is one for all the
 * sites of a directory. */
static bool
take_settings(cfg_t *cfg, struct options *options, struct option_site *site,
    uint16_t number)
{
	site->what.type = CONTROL_SITE;
	site->what.site = site->what.beside = site->what.backends = number;
	site->what.proxy = (uint8_t)cfg_getint(cfg, "proxy-protocol");
	site->what.early_data = (uint32_t)cfg_getint(cfg, "early-data");
	site->section = cfg;
	site->line = (unsigned)cfg->line;
	return option_backends_take(cfg, site, options) &&
	       option_terms_take(cfg, &site->what.terms, options);
}

/* ---- a site of its own ---- */

static bool
take_site(cfg_t *cfg, struct options *options)
{
	struct texts *texts = &options->texts;
	struct option_site *site;

	if ((site = add_site(cfg, options)) == NULL)
		return false;
	if (!conf_text(cfg, "the site's name", cfg_title(cfg), site->title,
		sizeof site->title) ||
	    !take_chain(cfg, texts, site) || !take_staple(cfg, texts, site) ||
	    !take_names(cfg, texts, site) ||
	    !take_settings(
		cfg, options, site, (uint16_t)(options->site_count - 1)))
		return false;
	site->what.title = control_text_of(site->title);
	site_forget_leaf(&site->chain);
	return true;
}

/* ---- a directory's ---- */

/* What all of a block's have. */
struct block {
	cfg_t *cfg;
	struct options *options;
	const struct lookup *owned; /* names of sites of their own */
	const char *title;
	struct option_site settings; /* and backends, until a site has them */
	bool allow_expired;
};

/* NULL, or why a file is no chain of a directory's. */
static const char *
judge_chain(const struct block *block, const struct site_chain *chain,
    uint8_t *names, size_t *len)
{
	if (!block->allow_expired && chain->not_after != 0 &&
	    chain->not_after <= (time_t)clock_day())
		return "the certificate has expired";
	if (!site_names(chain, names, CONTROL_NAMES_MAX, len))
		return "the certificate has more names than a site may have";
	if (*len == 0)
		return "the certificate has no host name (subjectAltName)";
	return NULL;
}

/* Without those that a site of its own has; what is left. */
static size_t
drop_owned(const struct lookup *owned, uint8_t *names, size_t len)
{
	struct slice name;
	size_t at = 0, left = 0;

	while ((name = names_next(slice_of(names, len), &at)).len > 0) {
		if (lookup_owner(owned, name) != LOOKUP_NONE)
			continue;
		memmove(names + left, name.data - 1, name.len + 1);
		left += name.len + 1;
	}
	return left;
}

/* The first has the backends, the others go there, too. */
static void
settle(struct block *block, struct option_site *site, uint16_t number)
{
	struct option_site *settings = &block->settings;

	*site = *settings;
	site->what.site = site->what.beside = site->balance.site = number;
	settings->backends = NULL;
	settings->names = NULL;
	settings->backend_chain = NULL;
	settings->what.backend_chain_size = 0;
	settings->balance = (struct control_balance){ .type = CONTROL_BALANCE };
}

static bool
name_site(struct block *block, const char *path, const char *name,
    struct option_site *site)
{
	int len = snprintf(
	    site->title, sizeof site->title, "%s/%s", block->title, name);

	if (len > 0 && (size_t)len < sizeof site->title) {
		site->what.title = control_text_of(site->title);
		return true;
	}
	return refuse_chain(block->cfg, path,
	    "the site's name \"%s/%s\" is longer than %zu bytes", block->title,
	    name, sizeof site->title - 1);
}

static bool
note_unused(struct block *block, const char *path)
{
	struct options *options = block->options;
	struct option_unused *unused = calloc(1, sizeof *unused);

	if (unused == NULL)
		return conf_refuse(block->cfg, "out of memory");
	unused->next = options->unused;
	options->unused = unused;
	return keep(
	    block->cfg, &options->texts, control_text_of(path), &unused->file);
}

/* A chain that is one, with the names that it keeps, is a site. */
static bool
add_chain(struct block *block, const struct chain_file *file,
    struct site_chain *chain, struct slice names)
{
	struct texts *texts = &block->options->texts;
	struct option_site *site = add_site(block->cfg, block->options);

	if (site == NULL)
		return false;
	settle(block, site, (uint16_t)(block->options->site_count - 1));
	site->chain = *chain;
	*chain = (struct site_chain){ 0 };
	if (!name_site(block, file->path, file->name, site) ||
	    !keep_chain(block->cfg, texts, file->path, site) ||
	    !keep(block->cfg, texts, names, &site->what.names) ||
	    !take_staple(block->cfg, texts, site))
		return false;
	site_forget_leaf(&site->chain);
	return true;
}

static bool
take_file(struct block *block, const struct chain_file *file)
{
	uint8_t names[CONTROL_NAMES_MAX];
	struct site_chain chain;
	const char *reason = site_read_chain(file->path, &chain);
	size_t len = 0;
	bool done;

	if (reason == NULL)
		reason = judge_chain(block, &chain, names, &len);
	if (reason != NULL) {
		done = refuse_chain(block->cfg, file->path, "%s", reason);
	} else {
		len = drop_owned(block->owned, names, len);
		done = len > 0 ? add_chain(
				     block, file, &chain, slice_of(names, len))
			       : note_unused(block, file->path);
	}
	site_free_chain(&chain);
	return done;
}

/* One response cannot be that of several certificates. */
static bool
refuse_staple_file(cfg_t *cfg)
{
	const char *value = cfg_getstr(cfg, "ocsp");

	return value == NULL || strcmp(value, "fetch") == 0 ||
	       conf_refuse_option(cfg, "ocsp",
		   "ocsp of a directory's sites is fetch, not \"%s\"", value);
}

static bool
take_files(struct block *block)
{
	struct chain_files files = { 0 };
	char path[PATH_MAX];
	const char *reason;
	bool done;

	if (!conf_path(block->cfg, "chains", cfg_getstr(block->cfg, "chains"),
		path, sizeof path))
		return false;
	reason = chain_files_list(path, &files);
	done = reason == NULL || refuse_chain(block->cfg, path, "%s", reason);
	for (size_t i = 0; done && i < files.count; i++)
		done = take_file(block, &files.at[i]);
	chain_files_free(&files);
	return done;
}

/* Backends are shown by the name of the block that has them. */
static bool
is_free(cfg_t *cfg, const struct options *options)
{
	const char *title = cfg_title(cfg);

	for (unsigned i = 0; i < options->site_count; i++)
		if (strcmp(options->sites[i]->balance.title, title) == 0)
			return conf_refuse_option(cfg, "chains",
			    "there is a site \"%s\" already", title);
	return true;
}

static bool
take_block(cfg_t *cfg, struct options *options, const struct lookup *owned)
{
	struct block block = { .cfg = cfg,
		.options = options,
		.owned = owned,
		.title = cfg_title(cfg),
		.allow_expired =
		    cfg_getbool(cfg, "allow-expired") == cfg_true };
	bool done =
	    is_free(cfg, options) &&
	    conf_text(cfg, "the sites' name", block.title, block.settings.title,
		sizeof block.settings.title) &&
	    refuse_staple_file(cfg) &&
	    take_settings(cfg, options, &block.settings, options->site_count) &&
	    take_files(&block);

	option_backends_free(&block.settings);
	return done;
}

/* ---- names that several have ---- */

static bool
same_name(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp((const char *)a.data,
				     (const char *)b.data, a.len) == 0;
}

/* Of two sites of their own that have a name the first has it, as ever. */
static bool
judge_pair(struct option_site *first, struct option_site *other,
    struct slice name, unsigned own)
{
	bool alike = first->chain.kind == other->chain.kind;

	if (first == other)
		return true;
	if (other->what.site >= own && first->section != other->section)
		return refuse_chain(other->section, control_text(other->file),
		    "the name \"%.*s\" is also in %s, of site \"%s\"",
		    (int)name.len, (const char *)name.data,
		    control_text(first->file), first->title);
	if (other->what.site >= own && alike)
		return refuse_chain(other->section, control_text(other->file),
		    "the name \"%.*s\" is also in %s, with a key of the same "
		    "kind",
		    (int)name.len, (const char *)name.data,
		    control_text(first->file));
	if (!alike && other->what.beside == other->what.site)
		other->what.beside = first->what.site;
	return true;
}

/* Each name stands beside its like, those of earlier sites first. */
static bool
judge_names(const struct lookup *all, struct options *options, unsigned own)
{
	const struct lookup_name *names = all->names;

	for (size_t i = 1, from = 0; i < all->count; i++) {
		if (!same_name(names[i].name, names[from].name))
			from = i;
		for (size_t j = from; j < i; j++)
			if (!judge_pair(options->sites[names[j].site],
				options->sites[names[i].site], names[i].name,
				own))
				return false;
	}
	return true;
}

/* The names of all sites from one on. */
static bool
add_names(cfg_t *cfg, struct lookup *lookup, const struct options *options,
    unsigned from)
{
	for (unsigned i = from; i < options->site_count; i++)
		if (!lookup_add(
			lookup, options->sites[i]->what.names, (uint16_t)i))
			return conf_refuse(cfg, "out of memory");
	lookup_sort(lookup);
	return true;
}

bool
option_sites_take(cfg_t *cfg, struct options *options)
{
	struct lookup lookup = { 0 };
	unsigned own;
	bool done = true;

	for (unsigned i = 0; done && i < cfg_size(cfg, "site"); i++)
		done = take_site(cfg_getnsec(cfg, "site", i), options);
	own = options->site_count;
	done = done && add_names(cfg, &lookup, options, 0);
	for (unsigned i = 0; done && i < cfg_size(cfg, "sites"); i++)
		done =
		    take_block(cfg_getnsec(cfg, "sites", i), options, &lookup);
	done = done && add_names(cfg, &lookup, options, own) &&
	       judge_names(&lookup, options, own) && sort_sites(cfg, options);
	lookup_free(&lookup);
	return done;
}

void
option_sites_free_one(struct option_site *site)
{
	site_free_chain(&site->chain);
	staple_free(&site->staple);
	free(site->fetch);
	option_backends_free(site);
	free(site);
}
