/*
 * keyd.conf; the contract is in config.h.
 */
#include "keyd/config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/account.h"
#include "base/complain.h"
#include "base/conf.h"
#include "keyd/p11_uri.h"
#include "keyd/vocabulary.h"

#define DEFAULT_SOCKET "/run/sallyport/keyd.sock"
#define DEFAULT_ROTATE_MS (90 * 60 * 1000)
#define DEFAULT_LIFETIME_MS (6 * 60 * 60 * 1000)

/* Of a key's and a client's section. */
#define RATE()                                                                 \
	CFG_INT_CB("rate", 0, CFGF_NODEFAULT, conf_count),                     \
	    CFG_INT_CB("burst", 0, CFGF_NODEFAULT, conf_count)

/* Names stand in log lines. */
static bool
take_name(cfg_t *cfg, const char *name, char out[CONFIG_NAME_MAX])
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = name != NULL ? strlen(name) : 0;

	if (len == 0 || len >= CONFIG_NAME_MAX || strspn(name, allowed) != len)
		return conf_refuse(cfg,
		    "a name is 1 to %d letters, digits, '.', '_' and '-'",
		    CONFIG_NAME_MAX - 1);
	strcpy(out, name);
	return true;
}

static bool
take_operation(cfg_t *cfg, const char *word, uint32_t *operations)
{
	uint16_t type = vocabulary_operation(word);

	if (type != 0) {
		*operations |= keyproto_operation(type);
		return true;
	}
	return conf_refuse_option(
	    cfg, "operations", "unknown operation \"%s\"", word);
}

static bool
take_operations(cfg_t *cfg, uint32_t *operations)
{
	if (cfg_size(cfg, "operations") == 0)
		*operations = keyproto_operation(KEYPROTO_SIGN13) |
			      keyproto_operation(KEYPROTO_SIGN12);
	for (unsigned i = 0; i < cfg_size(cfg, "operations"); i++)
		if (!take_operation(
			cfg, cfg_getnstr(cfg, "operations", i), operations))
			return false;
	return true;
}

/* At once as many as in a second, unless that is said. */
static bool
take_rate(cfg_t *cfg, struct keyproto_rate *rate)
{
	bool limited = cfg_size(cfg, "rate") > 0;

	if (!limited && cfg_size(cfg, "burst") > 0)
		return conf_refuse(
		    cfg, "burst is of a rate, and there is none");
	if (!limited)
		return true;
	rate->rate = (uint32_t)cfg_getint(cfg, "rate");
	rate->burst = cfg_size(cfg, "burst") > 0
			  ? (uint32_t)cfg_getint(cfg, "burst")
			  : rate->rate;
	return true;
}

/* ---- keys ---- */

static bool
keep_text(cfg_t *cfg, const char *text, const char **out)
{
	return (*out = strdup(text)) != NULL ||
	       conf_refuse(cfg, "out of memory");
}

static bool
keep_path(cfg_t *cfg, const char *option, const char *path, const char **out)
{
	char whole[PATH_MAX];

	return conf_path(cfg, option, path, whole, sizeof whole) &&
	       keep_text(cfg, whole, out);
}

/* What systemd made of LoadCredential= and the like. */
static bool
take_credential(cfg_t *cfg, const char *name, struct config_key *key)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	int len;

	if (directory == NULL || directory[0] != '/')
		return conf_refuse_option(cfg, "passphrase-credential",
		    "passphrase-credential is for services of systemd: "
		    "CREDENTIALS_DIRECTORY is not set");
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
		return conf_refuse_option(cfg, "passphrase-credential",
		    "a credential's name has no slash and no dot at its "
		    "beginning");
	len = snprintf(path, sizeof path, "%s/%s", directory, name);
	if (len < 0 || (size_t)len >= sizeof path)
		return conf_refuse_option(
		    cfg, "passphrase-credential", "too long a name");
	key->credential = true;
	return keep_text(cfg, path, &key->passphrase);
}

static bool
take_optional_path(cfg_t *cfg, const char *option, const char **out)
{
	const char *path = cfg_getstr(cfg, option);

	return path == NULL || keep_path(cfg, option, path, out);
}

/* What a key comes with. */
static bool
take_parts(cfg_t *cfg, struct config_key *key)
{
	const char *name = cfg_getstr(cfg, "passphrase-credential");
	const char *word = key->uri != NULL ? "pin-file" : "passphrase-file";
	const char *other = key->uri != NULL ? "passphrase-file" : "pin-file";

	if (cfg_getstr(cfg, other) != NULL)
		return conf_refuse(
		    cfg, "%s is not for this kind of key: %s", other, word);
	if (!take_optional_path(cfg, word, &key->passphrase) ||
	    !take_optional_path(cfg, "certificate", &key->certificate))
		return false;
	if (name == NULL)
		return true;
	if (key->passphrase != NULL)
		return conf_refuse(cfg, "a passphrase is in a file or is a "
					"credential, not both");
	return take_credential(cfg, name, key);
}

/* RFC 2986; libcrypto puts it together already here, so that what it refuses
 * has a line. */
static bool
take_request(cfg_t *cfg, struct config_key *key)
{
	const char *subject = cfg_getstr(cfg, "subject"), *name, *fault;
	struct csr_wanted *wanted;

	key->request = calloc(1, sizeof *key->request);
	if ((wanted = key->request) == NULL)
		return conf_refuse(cfg, "out of memory");
	if (subject == NULL && cfg_size(cfg, "names") == 0)
		return conf_refuse(cfg, "a request has a subject or names");
	if (subject != NULL && (fault = csr_subject(subject, wanted)) != NULL)
		return conf_refuse_option(
		    cfg, "subject", "\"%s\" is no subject: %s", subject, fault);
	for (unsigned i = 0; i < cfg_size(cfg, "names"); i++) {
		name = cfg_getnstr(cfg, "names", i);
		if ((fault = csr_name(name, wanted)) != NULL)
			return conf_refuse_option(
			    cfg, "names", "\"%s\": %s", name, fault);
	}
	return true;
}

static bool
take_generate(cfg_t *cfg, struct config_key *key)
{
	static const struct {
		const char *word;
		struct keyproto_generate what;
	} kinds[] = { { "rsa-2048", { KEYPROTO_RSA, 2048 } },
		{ "rsa-3072", { KEYPROTO_RSA, 3072 } },
		{ "rsa-4096", { KEYPROTO_RSA, 4096 } },
		{ "rsa-8192", { KEYPROTO_RSA, 8192 } },
		{ "ecdsa-p256", { KEYPROTO_EC, 256 } },
		{ "ecdsa-p384", { KEYPROTO_EC, 384 } },
		{ "ecdsa-p521", { KEYPROTO_EC, 521 } },
		{ "ed25519", { KEYPROTO_ED25519, 256 } } };
	const char *word = cfg_getstr(cfg, "generate");

	if (word == NULL)
		return true;
	if (key->uri != NULL)
		return conf_refuse_option(cfg, "generate",
		    "keys in tokens are made by their maker's tools");
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].word, word) == 0)
			key->generate = kinds[i].what;
	return key->generate.algorithm != 0 ||
	       conf_refuse_option(cfg, "generate",
		   "generate is rsa-2048, rsa-3072, rsa-4096, rsa-8192, "
		   "ecdsa-p256, ecdsa-p384, ecdsa-p521 or ed25519, not \"%s\"",
		   word);
}

/* No word of operations: nobody is to come by it by copying a list. */
static bool
take_digest(cfg_t *cfg, struct config_key *key)
{
	if (cfg_getbool(cfg, "allow-digest") != cfg_true)
		return true;
	key->operations |= keyproto_operation(KEYPROTO_SIGNDIGEST);
	return key->uri == NULL || conf_refuse_option(cfg, "allow-digest",
				       "it is not for keys in tokens");
}

/* What keyd does with a key besides having it served. */
static bool
take_making(cfg_t *cfg, struct config_key *key)
{
	return take_digest(cfg, key) && take_generate(cfg, key) &&
	       (cfg_size(cfg, "request") == 0 ||
		   take_request(cfg_getsec(cfg, "request"), key));
}

/* In a file, or, where the group has a module, in a token. */
static bool
take_place(cfg_t *cfg, struct config_key *key, bool in_token)
{
	const char *uri = cfg_getstr(cfg, "pkcs11"), *fault;
	char text[512];

	if (!in_token)
		return uri == NULL ? keep_path(cfg, "file",
					 cfg_getstr(cfg, "file"), &key->path)
				   : conf_refuse_option(cfg, "pkcs11",
					 "the group has no module");
	if (cfg_getstr(cfg, "file") != NULL)
		return conf_refuse_option(
		    cfg, "file", "the group's keys are in a token: pkcs11");
	if (!conf_text(cfg, "pkcs11", uri, text, sizeof text) ||
	    !keep_text(cfg, text, &key->uri))
		return false;
	if ((key->token = calloc(1, sizeof *key->token)) == NULL)
		return conf_refuse(cfg, "out of memory");
	if ((fault = p11_uri_parse(uri, key->token)) != NULL)
		return conf_refuse_option(
		    cfg, "pkcs11", "not a URI of a key: %s", fault);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct config_key *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* What was not said is an empty text. */
static bool
fill_texts(cfg_t *cfg, struct config_key *key)
{
	const char **const texts[] = { &key->path, &key->uri, &key->passphrase,
		&key->certificate };

	for (size_t i = 0; i < COUNT(texts); i++)
		if (*texts[i] == NULL && !keep_text(cfg, "", texts[i]))
			return false;
	return true;
}

static bool
take_key(cfg_t *cfg, struct config *config, unsigned group, uint16_t slot)
{
	struct config_key *key = &config->keys[config->key_count];
	struct config_key *const *at;

	if (config->key_count == KEYPROTO_SLOTS)
		return conf_refuse(cfg, "more than %d keys", KEYPROTO_SLOTS);
	config->key_count++;
	if (!take_name(cfg, cfg_title(cfg), key->name) ||
	    !take_place(cfg, key, config->group_modules[group] != NULL) ||
	    !take_parts(cfg, key) || !take_operations(cfg, &key->operations) ||
	    !take_rate(cfg, &key->rate) || !take_making(cfg, key))
		return false;
	if (!fill_texts(cfg, key))
		return false;
	at = tsearch(key, &config->by_name, by_name);
	if (at == NULL)
		return conf_refuse(cfg, "out of memory");
	if (*at != key)
		return conf_refuse(cfg, "a second key \"%s\"", key->name);
	key->group = group;
	key->slot = slot;
	return true;
}

/* ---- groups ---- */

static bool
take_module(cfg_t *cfg, struct config *config)
{
	struct config_module *module = &config->modules[config->module_count];
	const char *setting = cfg_getstr(cfg, "environment");

	if (config->module_count == CONFIG_GROUPS_MAX)
		return conf_refuse(
		    cfg, "more than %d modules", CONFIG_GROUPS_MAX);
	if (!take_name(cfg, cfg_title(cfg), module->name) ||
	    !conf_path(cfg, "path", cfg_getstr(cfg, "path"), module->what.path,
		sizeof module->what.path))
		return false;
	if (setting != NULL && strchr(setting, '=') == NULL)
		return conf_refuse_option(
		    cfg, "environment", "environment is NAME=value");
	if (setting != NULL &&
	    !conf_text(cfg, "environment", setting, module->what.environment,
		sizeof module->what.environment))
		return false;
	config->module_count++;
	return true;
}

/* NULL: it has none. */
static bool
find_module(cfg_t *cfg, const struct config *config,
    const struct config_module **module)
{
	const char *name = cfg_getstr(cfg, "module");

	*module = NULL;
	for (unsigned i = 0; name != NULL && i < config->module_count; i++)
		if (strcmp(config->modules[i].name, name) == 0)
			*module = &config->modules[i];
	if (name != NULL && *module == NULL)
		return conf_refuse_option(
		    cfg, "module", "there is no module \"%s\"", name);
	return true;
}

static bool
take_group(cfg_t *cfg, struct config *config)
{
	unsigned group = config->group_count;

	if (group == CONFIG_GROUPS_MAX)
		return conf_refuse(
		    cfg, "more than %d groups", CONFIG_GROUPS_MAX);
	if (!take_name(cfg, cfg_title(cfg), config->groups[group]))
		return false;
	if (!find_module(cfg, config, &config->group_modules[group]))
		return false;
	config->group_count++;
	config->group_first[group] = config->key_count;
	config->group_keys[group] = cfg_size(cfg, "key");
	for (unsigned i = 0; i < cfg_size(cfg, "key"); i++)
		if (!take_key(
			cfg_getnsec(cfg, "key", i), config, group, (uint16_t)i))
			return false;
	return true;
}

static bool
take_groups(cfg_t *cfg, struct config *config)
{
	unsigned count = 0;

	for (unsigned i = 0; i < cfg_size(cfg, "signer-group"); i++)
		count += cfg_size(cfg_getnsec(cfg, "signer-group", i), "key");
	config->keys = calloc(count + 1, sizeof *config->keys);
	if (config->keys == NULL)
		return conf_refuse(cfg, "out of memory");
	for (unsigned i = 0; i < cfg_size(cfg, "signer-group"); i++)
		if (!take_group(cfg_getnsec(cfg, "signer-group", i), config))
			return false;
	return true;
}

/* ---- clients ---- */

static bool
uid_before(const struct config *before, const char *word, uid_t *uid)
{
	for (unsigned i = 0; i < before->client_count; i++) {
		if (strcmp(before->clients[i].account, word) != 0)
			continue;
		*uid = before->clients[i].uid;
		return true;
	}
	return false;
}

static bool
find_account(const struct config *before, const char *word, uid_t *uid)
{
	struct passwd *account;

	if (before != NULL)
		return uid_before(before, word, uid) ||
		       account_named(word, uid, NULL);
	if ((account = getpwnam(word)) != NULL)
		*uid = account->pw_uid;
	return account != NULL;
}

/* An account's name or number; without one, keyd's own. */
static bool
take_uid(cfg_t *cfg, const struct config *before, struct config_client *client)
{
	const char *word = cfg_getstr(cfg, "uid");

	client->uid = geteuid();
	if (word == NULL || account_number(word, &client->uid))
		return true;
	if (strlen(word) >= sizeof client->account ||
	    !find_account(before, word, &client->uid))
		return conf_refuse_option(
		    cfg, "uid", "there is no account \"%s\"", word);
	strcpy(client->account, word);
	return true;
}

static bool
take_readers(cfg_t *cfg, struct config *config, const struct config *before)
{
	const char *word;
	uid_t *uid;

	for (unsigned i = 0; i < cfg_size(cfg, "admin-readers"); i++) {
		if (i == CONFIG_READERS_MAX)
			return conf_refuse_option(cfg, "admin-readers",
			    "more than %d accounts", CONFIG_READERS_MAX);
		word = cfg_getnstr(cfg, "admin-readers", i);
		uid = &config->readers[config->reader_count++];
		if (!account_number(word, uid) &&
		    !find_account(before, word, uid))
			return conf_refuse_option(cfg, "admin-readers",
			    "there is no account \"%s\"", word);
	}
	return true;
}

/* By default beside the other: "keyd.sock" has "keyd-admin.sock". */
static bool
take_admin_socket(cfg_t *cfg, struct config *config)
{
	static const char tail[] = ".sock";
	const char *path = cfg_getstr(cfg, "admin-socket");
	size_t len = strlen(config->socket);
	int written;

	if (len >= sizeof tail &&
	    strcmp(config->socket + len - (sizeof tail - 1), tail) == 0)
		len -= sizeof tail - 1;
	if (path != NULL)
		written = snprintf(config->admin_socket,
		    sizeof config->admin_socket, "%s", path);
	else
		written = snprintf(config->admin_socket,
		    sizeof config->admin_socket, "%.*s-admin%s", (int)len,
		    config->socket, config->socket + len);
	if ((size_t)written >= sizeof config->admin_socket)
		return conf_refuse_option(cfg,
		    path != NULL ? "admin-socket" : "socket",
		    "too long a path for the socket of the administration");
	if (strcmp(config->admin_socket, config->socket) == 0)
		return conf_refuse_option(cfg, "admin-socket",
		    "the sockets are two: this is the other's path");
	return true;
}

static bool
take_client_key(cfg_t *cfg, const struct config *config,
    struct config_client *client, const char *name)
{
	const struct config_key *key = config_key_named(config, name);

	if (key == NULL)
		return conf_refuse_option(
		    cfg, "keys", "there is no key \"%s\"", name);
	client->keys[key - config->keys] = true;
	return client->role != KEYPROTO_DIGEST ||
	       (key->operations & keyproto_operation(KEYPROTO_SIGNDIGEST)) !=
		   0 ||
	       conf_refuse_option(
		   cfg, "keys", "key \"%s\" has no allow-digest", name);
}

/* An account may be a server and a client; who hands in digests is nothing
 * else. */
static bool
is_one_too_many(const struct config_client *a, const struct config_client *b)
{
	return a->role == b->role || a->role == KEYPROTO_DIGEST ||
	       b->role == KEYPROTO_DIGEST;
}

static bool
take_client(cfg_t *cfg, struct config *config, const struct config *before)
{
	struct config_client *client = &config->clients[config->client_count];
	const char *role = cfg_getstr(cfg, "role");

	if (config->client_count == CONFIG_CLIENTS_MAX)
		return conf_refuse(
		    cfg, "more than %d clients", CONFIG_CLIENTS_MAX);
	config->client_count++;
	client->keys = calloc(config->key_count + 1, sizeof *client->keys);
	if (client->keys == NULL)
		return conf_refuse(cfg, "out of memory");
	if (!take_name(cfg, cfg_title(cfg), client->name) ||
	    !take_uid(cfg, before, client) || !take_rate(cfg, &client->rate))
		return false;
	client->role = strcmp(role, "server") == 0   ? KEYPROTO_SERVER
		       : strcmp(role, "client") == 0 ? KEYPROTO_CLIENT
		       : strcmp(role, "digest") == 0 ? KEYPROTO_DIGEST
						     : 0;
	if (client->role == 0)
		return conf_refuse_option(cfg, "role",
		    "role is server, client or digest, not \"%s\"", role);
	/* A client of others has no tickets to make. */
	client->tickets = cfg_getbool(cfg, "tickets") == cfg_true &&
			  client->role == KEYPROTO_SERVER;
	for (unsigned i = 0; i + 1 < config->client_count; i++)
		if (config->clients[i].uid == client->uid &&
		    is_one_too_many(&config->clients[i], client))
			return conf_refuse_option(cfg, "uid",
			    "uid %u is client \"%s\" already", client->uid,
			    config->clients[i].name);
	for (unsigned i = 0; i < cfg_size(cfg, "keys"); i++)
		if (!take_client_key(
			cfg, config, client, cfg_getnstr(cfg, "keys", i)))
			return false;
	config->tickets.wanted = config->tickets.wanted || client->tickets;
	return true;
}

/* Epochs are whole seconds. */
static bool
take_tickets(cfg_t *cfg, struct config_tickets *tickets)
{
	long rotate = cfg_getint(cfg, "rotate") / 1000;
	long lifetime = cfg_getint(cfg, "lifetime") / 1000;
	const char *root = cfg_getstr(cfg, "root");

	if (rotate < 1)
		return conf_refuse_option(
		    cfg, "rotate", "rotate is 1s or longer");
	if (lifetime < rotate || lifetime > rotate * CONFIG_TICKET_EPOCHS_MAX)
		return conf_refuse(cfg,
		    "lifetime is once to %d times as long as rotate",
		    CONFIG_TICKET_EPOCHS_MAX);
	tickets->times.rotate = (uint32_t)rotate;
	tickets->times.lifetime = (uint32_t)lifetime;
	return root == NULL || conf_path(cfg, "root", root, tickets->root,
				   sizeof tickets->root);
}

#define DEFAULT_CHECKPOINT 1000

static bool
take_audit(cfg_t *cfg, struct config *config)
{
	struct config_audit *audit = &config->audit;
	const char *full = cfg_getstr(cfg, "on-full");

	audit->wanted = true;
	audit->require = config->strictness == SANDBOX_REQUIRE;
	audit->checkpoint = (uint32_t)cfg_getint(cfg, "checkpoint");
	audit->stop = strcmp(full, "stop") == 0;
	if (!audit->stop && strcmp(full, "count") != 0)
		return conf_refuse_option(cfg, "on-full",
		    "on-full is stop or count, not \"%s\"", full);
	return conf_path(cfg, "file", cfg_getstr(cfg, "file"), audit->file,
		   sizeof audit->file) &&
	       conf_path(cfg, "key", cfg_getstr(cfg, "key"), audit->key,
		   sizeof audit->key);
}

static bool
take_all(cfg_t *cfg, struct config *config, const struct config *before)
{
	const char *path = cfg_getstr(cfg, "socket");

	if (path[0] == '\0' || strlen(path) >= sizeof config->socket)
		return conf_refuse_option(cfg, "socket",
		    "a socket's path is 1 to %zu bytes",
		    sizeof config->socket - 1);
	strcpy(config->socket, path);
	if (!take_admin_socket(cfg, config) ||
	    !take_readers(cfg, config, before))
		return false;
	config->strictness = (enum strictness)cfg_getint(cfg, "sandbox");
	config->log_format = (uint32_t)cfg_getint(cfg, "log-format");
	for (unsigned i = 0; i < cfg_size(cfg, "module"); i++)
		if (!take_module(cfg_getnsec(cfg, "module", i), config))
			return false;
	if (!take_groups(cfg, config))
		return false;
	for (unsigned i = 0; i < cfg_size(cfg, "client"); i++)
		if (!take_client(cfg_getnsec(cfg, "client", i), config, before))
			return false;
	if (config->key_count == 0)
		return conf_refuse(cfg, "no key is configured");
	if (cfg_size(cfg, "audit") > 0 &&
	    !take_audit(cfg_getsec(cfg, "audit"), config))
		return false;
	return cfg_size(cfg, "tickets") == 0 ||
	       take_tickets(cfg_getsec(cfg, "tickets"), &config->tickets);
}

bool
config_read(
    const char *path, struct config *config, const struct config *before)
{
	static const char *const with_lines[] = { "socket", "admin-socket",
		"admin-readers", "signer-group|key|file",
		"signer-group|key|operations", "signer-group|key|generate",
		"signer-group|key|allow-digest",
		"signer-group|key|request|subject",
		"signer-group|key|request|names", "signer-group|key|pkcs11",
		"signer-group|module", "module|path", "module|environment",
		"signer-group|key|passphrase-credential", "client|uid",
		"client|keys", "client|role", "tickets|rotate", "audit|file",
		"audit|key", "audit|on-full" };
	cfg_opt_t request[] = {
		CFG_STR("subject", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("names", NULL, CFGF_NONE),
		CONF_END(),
	};
	cfg_opt_t key[] = {
		CFG_BOOL("allow-digest", cfg_false, CFGF_NONE),
		CFG_STR("generate", NULL, CFGF_NODEFAULT),
		CFG_SEC("request", request, CFGF_NODEFAULT),
		CFG_STR("file", NULL, CFGF_NODEFAULT),
		CFG_STR("pkcs11", NULL, CFGF_NODEFAULT),
		CFG_STR("pin-file", NULL, CFGF_NODEFAULT),
		CFG_STR("passphrase-file", NULL, CFGF_NODEFAULT),
		CFG_STR("passphrase-credential", NULL, CFGF_NODEFAULT),
		CFG_STR("certificate", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("operations", NULL, CFGF_NONE),
		RATE(),
		CONF_END(),
	};
	cfg_opt_t group[] = {
		CFG_SEC("key", key, CONF_NAMED),
		CFG_STR("module", NULL, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_opt_t module[] = {
		CFG_STR("path", NULL, CFGF_NODEFAULT),
		CFG_STR("environment", NULL, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_opt_t client[] = {
		CFG_STR("uid", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("keys", NULL, CFGF_NONE),
		CFG_STR("role", "server", CFGF_NONE),
		CFG_BOOL("tickets", cfg_true, CFGF_NONE),
		RATE(),
		CONF_END(),
	};
	cfg_opt_t tickets[] = {
		CFG_INT_CB(
		    "lifetime", DEFAULT_LIFETIME_MS, CFGF_NONE, conf_duration),
		CFG_INT_CB(
		    "rotate", DEFAULT_ROTATE_MS, CFGF_NONE, conf_duration),
		CFG_STR("root", NULL, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_opt_t audit[] = {
		CFG_STR("file", NULL, CFGF_NODEFAULT),
		CFG_STR("key", NULL, CFGF_NODEFAULT),
		CFG_INT_CB(
		    "checkpoint", DEFAULT_CHECKPOINT, CFGF_NONE, conf_count),
		CFG_STR("on-full", "stop", CFGF_NONE),
		CONF_END(),
	};
	cfg_opt_t options[] = {
		CFG_STR("socket", DEFAULT_SOCKET, CFGF_NONE),
		CFG_STR("admin-socket", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("admin-readers", NULL, CFGF_NONE),
		CFG_INT_CB(
		    "sandbox", SANDBOX_BEST_EFFORT, CFGF_NONE, conf_sandbox),
		CONF_LOG_FORMAT(),
		CFG_SEC("module", module, CONF_NAMED),
		CFG_SEC("signer-group", group, CONF_NAMED),
		CFG_SEC("client", client, CONF_NAMED),
		CFG_SEC("tickets", tickets, CFGF_NODEFAULT),
		CFG_SEC("audit", audit, CFGF_NODEFAULT),
		CONF_END(),
	};
	cfg_t *cfg = cfg_init(options, CFGF_NONE);
	bool done;

	*config = (struct config){ .tickets.times = { DEFAULT_ROTATE_MS / 1000,
				       DEFAULT_LIFETIME_MS / 1000 } };
	if (cfg == NULL)
		return false;
	for (size_t i = 0; i < COUNT(with_lines); i++)
		cfg_set_validate_func(cfg, with_lines[i], conf_note_line);
	done = conf_read(cfg, path) && take_all(cfg, config, before);
	cfg_free(cfg);
	return done;
}

const struct config_key *
config_key_named(const struct config *config, const char *name)
{
	struct config_key wanted = { .slot = 0 };
	struct config_key *const *at;

	if (strlen(name) >= sizeof wanted.name)
		return NULL;
	strcpy(wanted.name, name);
	at = tfind(&wanted, &config->by_name, by_name);
	return at != NULL ? *at : NULL;
}

const struct config_key *
config_key_at(const struct config *config, unsigned group, uint16_t slot)
{
	return group < config->group_count && slot < config->group_keys[group]
		   ? &config->keys[config->group_first[group] + slot]
		   : NULL;
}

static void
free_text(const char *text)
{
	free((char *)(uintptr_t)text);
}

/* The keys are not the tree's. */
static void
leave(void *key)
{
	(void)key;
}

void
config_free(struct config *config)
{
	tdestroy(config->by_name, leave);
	for (unsigned i = 0; i < config->key_count; i++) {
		free_text(config->keys[i].path);
		free_text(config->keys[i].uri);
		free_text(config->keys[i].passphrase);
		free_text(config->keys[i].certificate);
		free(config->keys[i].token);
		free(config->keys[i].request);
	}
	free(config->keys);
	for (unsigned i = 0; i < config->client_count; i++)
		free(config->clients[i].keys);
	*config = (struct config){ 0 };
}

bool
config_has_request(const struct config_key *key)
{
	return key->request != NULL;
}

size_t
config_request(const struct config_key *key, uint8_t *payload, size_t room)
{
	const struct keyproto_request what = { key->slot,
		slice_of(key->request->subject, key->request->subject_len),
		slice_of(key->request->names, key->request->names_len) };

	return keyproto_request_build(&what, payload, room);
}

/* Whom else a file may belong to and be open to. */
enum care { SECRET, CREDENTIAL, LOG, PUBLIC };

static const char *
find_fault(const struct stat *about, enum care care)
{
	mode_t open = S_IRWXG | S_IRWXO;

	if (!S_ISREG(about->st_mode))
		return "not a regular file";
	if (care == PUBLIC)
		return NULL;
	if (about->st_uid != 0 && about->st_uid != geteuid())
		return "owned by neither root nor keyd's account";
	if (care == CREDENTIAL || care == LOG)
		open = S_IWGRP | S_IRWXO;
	if ((about->st_mode & open) == 0)
		return NULL;
	return care == LOG ? "open to others (chmod 640)"
			   : "open to group or others (chmod 600)";
}

static int
open_with(const char *path, int how, enum care care)
{
	int fd = open(path, how | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
	int error = errno;
	const char *reason;
	struct stat about;

	if (fd < 0 || fstat(fd, &about) != 0)
		reason = strerror(errno);
	else
		reason = find_fault(&about, care);
	if (reason == NULL)
		return fd;
	complain("%s: %s", path, reason);
	if (fd >= 0)
		close(fd);
	errno = fd < 0 ? error : EACCES;
	return -1;
}

int
config_open_secret(const char *path)
{
	return open_with(path, O_RDONLY | O_NOFOLLOW, SECRET);
}

int
config_open_credential(const char *path)
{
	return open_with(path, O_RDONLY | O_NOFOLLOW, CREDENTIAL);
}

int
config_open_public(const char *path)
{
	return open_with(path, O_RDONLY, PUBLIC);
}

int
config_open_log(const char *path, bool make)
{
	struct stat about;

	if (!make && lstat(path, &about) != 0 && errno == ENOENT)
		return -1;
	return open_with(
	    path, O_RDWR | O_APPEND | O_NOFOLLOW | (make ? O_CREAT : 0), LOG);
}
