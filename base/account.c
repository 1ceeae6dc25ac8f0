/*
 * The contract is in account.h.
 */
#include "base/account.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

bool
account_number(const char *word, uid_t *uid)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (*word == '\0' || *end != '\0' || number >= UINT32_MAX)
		return false;
	*uid = (uid_t)number;
	return true;
}

bool
account_named(const char *word, uid_t *uid, gid_t *gid)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *account = NULL;

	while (file != NULL && (account = fgetpwent(file)) != NULL &&
	       strcmp(account->pw_name, word) != 0)
		;
	if (account != NULL)
		*uid = account->pw_uid;
	if (account != NULL && gid != NULL)
		*gid = account->pw_gid;
	if (file != NULL)
		fclose(file);
	return account != NULL;
}
