/*
 * Another account, and no capability whatsoever.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/account.h"
#include "base/log.h"
#include "policy/profile.h"

static int
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof none);
	return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

/*
 * Before the uid changes: afterwards it is not ours to shrink. Without the
 * right to, no_new_privs still keeps an exec from gaining any.
 */
static void
drop_bounding_set(void)
{
	for (unsigned long capability = 0;
	     prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
		;
}

/* Nobody's account may be root's: then the profile's own number it is. */
void
privdrop_resolve(
    const struct profile *profile, const char *user, struct account *account)
{
	const char *name = user != NULL ? user : profile->user;

	if (name != NULL && account_named(name, &account->uid, &account->gid) &&
	    account->uid != 0 && account->gid != 0)
		return;
	*account = (struct account){ profile->uid, profile->uid };
	if (user != NULL)
		log_event(LOG_LEVEL_WARN, "confinement",
		    "profile=%s account=%s reason=\"none or root\" uid=%u",
		    profile->name, user, account->uid);
}

static int
change_account(const struct account *account)
{
	if (setgroups(0, NULL) != 0 ||
	    setresgid(account->gid, account->gid, account->gid) != 0 ||
	    setresuid(account->uid, account->uid, account->uid) != 0)
		return errno;
	return 0;
}

/* Whatever came of the account: no capability is left. */
struct outcome
privdrop_enter(const struct account *account)
{
	bool root = geteuid() == 0;
	int changed, dropped;

	drop_bounding_set();
	/* Also where it is not root, but has the capabilities. */
	changed = change_account(account);
	if ((dropped = drop_capabilities()) != 0)
		return outcome_of(dropped);
	/* We stay who we are, with whoever else that is. */
	if (changed != 0 && !root)
		return (struct outcome){ LEVEL_PARTIAL, changed };
	return outcome_of(changed);
}
