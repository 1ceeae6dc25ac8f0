/*
 * Another account, and no capability whatsoever.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* Before the uid changes: afterwards it is not ours to shrink. */
static void
drop_bounding_set(void)
{
	for (unsigned long capability = 0;
	     prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
		;
}

void
privdrop_resolve(
    const struct profile *profile, const char *user, struct account *account)
{
	const char *name = user != NULL ? user : profile->user;
	struct passwd *entry = name != NULL ? getpwnam(name) : NULL;

	account->uid = entry != NULL ? entry->pw_uid : profile->uid;
	account->gid = entry != NULL ? entry->pw_gid : profile->uid;
}

int
privdrop_enter(const struct account *account)
{
	/* In a user namespace of our own we are who we were. */
	if (geteuid() != 0)
		return drop_capabilities();
	drop_bounding_set();
	if (setgroups(0, NULL) != 0 ||
	    setresgid(account->gid, account->gid, account->gid) != 0 ||
	    setresuid(account->uid, account->uid, account->uid) != 0)
		return errno;
	return drop_capabilities();
}
