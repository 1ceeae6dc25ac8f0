/*
 * Landlock: from here on nothing of the file system can be opened.
 */
#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/profile.h"

int
landlock_enter(void)
{
	/* The accesses of the first version, which every later one knows. */
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1
	};
	int ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	int r = 0;

	if (ruleset < 0)
		return errno;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		r = errno;
	close(ruleset);
	return r;
}
