/*
 * Who may see into frontd; the contract is in option_admin.h.
 */
#include "frontd/option_admin.h"

#include "base/account.h"

static bool
find_account(const char *word, uid_t *uid)
{
	return account_number(word, uid) || account_named(word, uid, NULL);
}

static bool
take_readers(cfg_t *cfg, struct options *options)
{
	for (unsigned i = 0; i < cfg_size(cfg, "admin-readers"); i++) {
		const char *word = cfg_getnstr(cfg, "admin-readers", i);

		if (i == ADMIN_READERS_MAX)
			return conf_refuse_option(cfg, "admin-readers",
			    "more than %d accounts", ADMIN_READERS_MAX);
		if (!find_account(
			word, &options->readers[options->reader_count++]))
			return conf_refuse_option(cfg, "admin-readers",
			    "there is no account \"%s\"", word);
	}
	return true;
}

bool
option_admin_take(cfg_t *cfg, struct options *options)
{
	const char *path = cfg_getstr(cfg, "admin-socket");

	if (path != NULL && path[0] == '\0')
		return conf_refuse_option(
		    cfg, "admin-socket", "admin-socket is missing");
	return (path == NULL ||
		   conf_path(cfg, "admin-socket", path, options->admin_socket,
		       sizeof options->admin_socket)) &&
	       take_readers(cfg, options);
}
