/*
 * Namespaces of the process's own: an empty network, an empty root. Without
 * root and its capability through a user namespace, where the kernel lets us.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/profile.h"

/* Exists everywhere; it is only covered, and only for us. */
#define ROOT_MOUNT_POINT "/tmp"

static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done =
	    fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

/* We are who we were, in a user namespace where we may unshare the rest. */
static int
map_ourselves(uid_t uid, gid_t gid)
{
	char map[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map))
		return errno;
	snprintf(map, sizeof map, "%u %u 1", gid, gid);
	return write_file("/proc/self/gid_map", map) ? 0 : errno;
}

struct outcome
namespaces_enter(const struct profile *profile, uint32_t *entered)
{
	int flags = CLONE_NEWIPC | CLONE_NEWUTS;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int r;

	*entered = 0;
	if (profile->empty_network)
		flags |= CLONE_NEWNET;
	if (profile->empty_root)
		flags |= CLONE_NEWNS;
	r = unshare(flags) == 0 ? 0 : errno;
	/* Root, or an account with its capability, needs no other users. */
	if (r == EPERM && uid != 0) {
		flags |= CLONE_NEWUSER;
		r = unshare(flags) == 0 ? 0 : errno;
	}
	if (r != 0)
		return outcome_of(r);
	*entered = (uint32_t)flags;
	if ((flags & CLONE_NEWUSER) != 0 && (r = map_ourselves(uid, gid)) != 0)
		return (struct outcome){ LEVEL_PARTIAL, r };
	return outcome_of(0);
}

int
namespaces_empty_root(void)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("sallyport", ROOT_MOUNT_POINT, "tmpfs",
		MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=0555") != 0 ||
	    chdir(ROOT_MOUNT_POINT) != 0 ||
	    syscall(SYS_pivot_root, ".", ".") != 0 ||
	    umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		return errno;
	if (mount(NULL, "/", NULL,
		MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		NULL) != 0)
		return errno;
	return 0;
}
