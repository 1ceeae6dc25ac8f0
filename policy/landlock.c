/*
 * Landlock: from here on nothing of the file system can be opened, and where
 * the profile has no network, TCP, abstract Unix sockets of others and their
 * processes are out of reach too.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/profile.h"

/* linux/landlock.h as of version 6: older headers lack what we may ask for. */
struct ruleset {
	uint64_t files, network, scopes;
};
#define VERSION_QUESTION 1u
#define NET_BIND_AND_CONNECT 3u
#define SCOPE_SOCKETS_AND_SIGNALS 3u

/* Every access to files that this version of Landlock can deny. */
static uint64_t
all_files(long version)
{
	unsigned known = version >= 5   ? 16
			 : version >= 3 ? 15
			 : version == 2 ? 14
					: 13;

	return (1u << known) - 1;
}

int
landlock_enter(const struct profile *profile)
{
	struct ruleset rules = { 0, 0, 0 };
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_QUESTION);
	int ruleset, r = 0;

	if (version < 1)
		return version < 0 ? errno : EOPNOTSUPP;
	rules.files = all_files(version);
	if (profile->empty_network && version >= 4)
		rules.network = NET_BIND_AND_CONNECT;
	if (profile->empty_network && version >= 6)
		rules.scopes = SCOPE_SOCKETS_AND_SIGNALS;
	/* An older kernel takes a longer struct whose rest is zero. */
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	if (ruleset < 0)
		return errno;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		r = errno;
	close(ruleset);
	return r;
}
