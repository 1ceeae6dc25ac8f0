/*
 * Looking at a confined process from outside; the contract is in seen.h.
 */
#include "tests/unit/seen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/profile.h"
#include "tests/unit/unit.h"

static FILE *
open_of(pid_t pid, const char *what)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	return file;
}

/* The rest of the line that starts so, without the white space around it. */
static const char *
line_of(pid_t pid, const char *what, const char *start)
{
	static char line[512];
	FILE *file = open_of(pid, what);
	char *rest = NULL;

	while (rest == NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, start, strlen(start)) == 0)
			rest = line + strlen(start);
	fclose(file);
	ck_assert_msg(rest != NULL, "no %s in %s", start, what);
	rest[strcspn(rest, "\n")] = '\0';
	return rest + strspn(rest, " \t");
}

static int
lines_of(pid_t pid, const char *what)
{
	FILE *file = open_of(pid, what);
	char line[512];
	int count = 0;

	while (fgets(line, sizeof line, file) != NULL)
		count++;
	fclose(file);
	return count;
}

static bool
same_space(pid_t pid, const char *kind)
{
	char path[64], theirs[64], ours[64];
	ssize_t a, b;

	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
	a = readlink(path, theirs, sizeof theirs);
	snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
	b = readlink(path, ours, sizeof ours);
	ck_assert_msg(a > 0 && b > 0, "%s: %s", path, strerror(errno));
	return a == b && memcmp(theirs, ours, (size_t)a) == 0;
}

static void
sees_status(const struct confined *child, bool master)
{
	static const char *const sets[] = {
		"CapInh:", "CapPrm:", "CapEff:", "CapAmb:"
	};

	ck_assert_str_eq(line_of(child->pid, "status", "Seccomp:"), "2");
	ck_assert_str_eq(line_of(child->pid, "status", "NoNewPrivs:"), "1");
	for (size_t i = 0; !master && i < COUNT(sets); i++)
		ck_assert_str_eq(
		    line_of(child->pid, "status", sets[i]), "0000000000000000");
}

static void
sees_limits(const struct confined *child, const struct profile *profile)
{
	unsigned soft, hard;

	ck_assert_int_eq(
	    sscanf(line_of(child->pid, "limits", "Max core file size"), "%u %u",
		&soft, &hard),
	    2);
	ck_assert(soft == 0 && hard == 0);
	if (profile->master)
		return;
	ck_assert_int_eq(sscanf(line_of(child->pid, "limits", "Max open files"),
			     "%u %u", &soft, &hard),
	    2);
	ck_assert(soft == hard && hard <= profile->max_files);
	ck_assert_int_eq(sscanf(line_of(child->pid, "limits", "Max processes"),
			     "%u %u", &soft, &hard),
	    2);
	ck_assert(soft == 0 && hard == 0);
}

/* Its files in /proc are root's, as /proc is, whoever the process is. */
static void
sees_no_dumps(const struct confined *child)
{
	char path[64];
	struct stat stat_of, root;

	ck_assert_int_eq(stat("/proc", &root), 0);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)child->pid);
	ck_assert_int_eq(stat(path, &stat_of), 0);
	ck_assert_uint_eq(stat_of.st_uid, root.st_uid);
	ck_assert_uint_eq(stat_of.st_gid, root.st_gid);
}

static void
sees_account(const struct confined *child)
{
	unsigned id[4];

	ck_assert_int_eq(sscanf(line_of(child->pid, "status", "Uid:"),
			     "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]),
	    4);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(id[i], child->reached.uid);
	ck_assert_int_eq(sscanf(line_of(child->pid, "status", "Gid:"),
			     "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]),
	    4);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(id[i], child->reached.gid);
	ck_assert_uint_ne(child->reached.uid, 0);
	ck_assert_uint_ne(child->reached.gid, 0);
	ck_assert_str_eq(line_of(child->pid, "status", "Groups:"), "");
	ck_assert_str_eq(
	    line_of(child->pid, "status", "CapBnd:"), "0000000000000000");
}

/* In its network there is lo, and lo is down. Exit 0: so it is. */
static int
look_at_network(pid_t pid)
{
	struct ifreq lo = { .ifr_name = "lo" };
	struct if_nameindex *names;
	char path[64];
	int fd, count = 0;

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	if ((fd = open(path, O_RDONLY)) < 0)
		return 1;
	if (setns(fd, CLONE_NEWNET) != 0) {
		if (errno != EPERM)
			return 1;
		puts("note: may not enter namespaces here, so that lo is down "
		     "was not seen");
		fflush(stdout);
		return 0;
	}
	if ((names = if_nameindex()) == NULL)
		return 1;
	while (names[count].if_index != 0)
		count++;
	if (count != 1 || strcmp(names[0].if_name, "lo") != 0)
		return 2;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &lo) != 0)
		return 3;
	return (lo.ifr_flags & IFF_UP) == 0 ? 0 : 4;
}

static void
sees_namespaces(const struct confined *child, const struct profile *profile)
{
	ck_assert(!same_space(child->pid, "ipc"));
	ck_assert(!same_space(child->pid, "uts"));
	ck_assert(same_space(child->pid, "net") == !profile->empty_network);
	ck_assert(same_space(child->pid, "mnt") == !profile->empty_root);
	ck_assert(same_space(child->pid, "user") ==
		  ((child->reached.namespaces & CLONE_NEWUSER) == 0));
	if (!profile->empty_network)
		return;
	/* Two lines of headings, then lo. */
	ck_assert_int_eq(lines_of(child->pid, "net/dev"), 3);
	ck_assert_int_eq(confined_forked(look_at_network, child->pid), 0);
}

static void
sees_empty_root(const struct confined *child)
{
	char path[64];
	struct dirent *entry;
	DIR *root;

	snprintf(path, sizeof path, "/proc/%d/root/", (int)child->pid);
	root = opendir(path);
	ck_assert_msg(root != NULL, "%s: %s", path, strerror(errno));
	while ((entry = readdir(root)) != NULL)
		ck_assert_msg(strcmp(entry->d_name, ".") == 0 ||
				  strcmp(entry->d_name, "..") == 0,
		    "/%s is there", entry->d_name);
	closedir(root);
	ck_assert_int_eq(mkdirat(AT_FDCWD, path, 0700), -1);
	/* One mount, and it is read-only. */
	ck_assert_int_eq(lines_of(child->pid, "mounts"), 1);
	ck_assert_msg(strstr(line_of(child->pid, "mounts", "sallyport / tmpfs"),
			  "ro,") != NULL,
	    "it can be written");
}

static void
sees_locked_memory(const struct confined *child, enum level level)
{
	unsigned locked, all;

#ifdef __SANITIZE_ADDRESS__
	puts("note: AddressSanitizer locks no memory, so that was not seen");
	return;
#endif
	locked = (unsigned)atoi(line_of(child->pid, "status", "VmLck:"));
	all = (unsigned)atoi(line_of(child->pid, "status", "VmRSS:"));
	if (level == LEVEL_FULL)
		ck_assert_msg(locked >= all / 2, "%u of %u", locked, all);
	ck_assert_uint_gt(locked, 1024);
}

void
seen_as_reported(const struct confined *child, const struct profile *profile)
{
	const uint8_t *level = child->reached.level;

	sees_status(child, profile->master);
	ck_assert_int_eq(level[LAYER_SECCOMP], LEVEL_FULL);
	ck_assert_int_eq(level[LAYER_LIMITS], LEVEL_FULL);
	ck_assert_int_eq(level[LAYER_DUMPABLE], LEVEL_FULL);
	sees_limits(child, profile);
	sees_no_dumps(child);
	if (level[LAYER_UID] == LEVEL_FULL)
		sees_account(child);
	/* The rest is for root's eyes, as the process is not dumpable. */
	if (geteuid() == 0 && level[LAYER_NAMESPACES] == LEVEL_FULL)
		sees_namespaces(child, profile);
	if (geteuid() == 0 && level[LAYER_ROOT] == LEVEL_FULL)
		sees_empty_root(child);
	if (level[LAYER_MEMORY] >= LEVEL_PARTIAL)
		sees_locked_memory(child, level[LAYER_MEMORY]);
}

void
seen_reasons(const struct confined *child, const struct profile *profile)
{
	char line[128];

	for (enum layer layer = 0; layer < LAYER_COUNT; layer++) {
		enum level level = child->reached.level[layer];
		bool less = level == LEVEL_MISSING || level == LEVEL_PARTIAL;

		ck_assert_msg((child->reached.reason[layer] != 0) == less,
		    "%s: %s, %d", policy_layer_name(layer),
		    policy_level_name(level), child->reached.reason[layer]);
		snprintf(line, sizeof line,
		    "event=confinement profile=%s layer=%s level=%s ",
		    profile->name, policy_layer_name(layer),
		    policy_level_name(level));
		ck_assert_msg((strstr(child->said, line) != NULL) == less,
		    "%s in: %s", line, child->said);
	}
}
