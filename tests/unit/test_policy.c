/*
 * policy/policy.c: a process enters its profile for real, and what it reports
 * as reached is looked for from outside, in /proc.
 */
#include "policy/policy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/profile.h"
#include "policy/profiles.h"
#include "tests/unit/confined.h"
#include "tests/unit/unit.h"

/* ---- what can be seen of a process from outside ---- */

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

static int
forked(int (*work)(pid_t), pid_t argument)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(work(argument));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
	ck_assert_int_eq(forked(look_at_network, child->pid), 0);
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

/* Whatever it says it reached must be visible. */
static void
sees_what_is_reported(
    const struct confined *child, const struct profile *profile)
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

/* No level without its reason, no reason without its line in the log. */
static void
sees_reasons(const struct confined *child, const struct profile *profile)
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

/* ---- deeds ---- */

static int
do_nothing(long argument)
{
	(void)argument;
	return 0;
}

static int
do_call(long number)
{
	syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
	return 7;
}

static int
do_mmap_code(long argument)
{
	(void)argument;
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0);
	return 7;
}

static int
do_mprotect_code(long page)
{
	mprotect((void *)page, 4096, PROT_READ | PROT_EXEC);
	return 7;
}

static int
do_future_call(long number)
{
	return syscall(number) == -1 && errno == ENOSYS ? 0 : 7;
}

static const struct {
	const char *what;
	confined_deed *deed;
	long argument;
	bool master_too;
} forbidden[] = {
	{ "socket", do_call, SYS_socket, false },
	{ "socketpair", do_call, SYS_socketpair, false },
	{ "connect", do_call, SYS_connect, false },
	{ "openat", do_call, SYS_openat, false },
	{ "execve", do_call, SYS_execve, false },
	{ "clone", do_call, SYS_clone, false },
	{ "kill", do_call, SYS_kill, false },
	{ "mount", do_call, SYS_mount, false },
	{ "prctl", do_call, SYS_prctl, false },
	{ "mmap", do_mmap_code, 0, false },
	{ "mprotect", do_mprotect_code, 0, false },
	{ "ptrace", do_call, SYS_ptrace, true },
	{ "process_vm_readv", do_call, SYS_process_vm_readv, true },
	{ "bpf", do_call, SYS_bpf, true },
	{ "setns", do_call, SYS_setns, true },
	{ "init_module", do_call, SYS_init_module, true },
	{ "io_uring_setup", do_call, SYS_io_uring_setup, true },
};

/* A connector opens sockets, a page has pairs: that is what they are for. */
static bool
is_forbidden(const struct profile *profile, size_t which)
{
	if (profile->master)
		return forbidden[which].master_too;
	return forbidden[which].deed != do_call ||
	       profile_call(profile, (int)forbidden[which].argument) == NULL;
}

/* ---- profiles, as everybody ---- */

static int profile_total;

static const struct profile *
profile_of(int row)
{
	return profiles_at((size_t)(row / WHO_COUNT));
}

static enum who
who_of(int row)
{
	return (enum who)(row % WHO_COUNT);
}

START_TEST(what_is_reported_is_seen_from_outside)
{
	const struct profile *profile = profile_of(_i);
	struct confined child;

	if (!confined_possible(who_of(_i)))
		return;
	confined_start(&child, profile, who_of(_i), do_nothing, 0);
	sees_what_is_reported(&child, profile);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
	sees_reasons(&child, profile);
}
END_TEST

START_TEST(a_forbidden_call_is_the_end_and_is_named)
{
	const struct profile *profile = profile_of(_i);
	struct confined child;
	char words[64];

	if (!confined_possible(who_of(_i)))
		return;
	for (size_t i = 0; i < COUNT(forbidden); i++) {
		if (!is_forbidden(profile, i))
			continue;
		confined_start(&child, profile, who_of(_i), forbidden[i].deed,
		    forbidden[i].argument);
		confined_end(&child);
		ck_assert_msg(WIFSIGNALED(child.status) &&
				  WTERMSIG(child.status) == SIGSYS,
		    "%s: %s: status %x", profile->name, forbidden[i].what,
		    child.status);
		snprintf(words, sizeof words, "event=forbidden-call call=%s ",
		    forbidden[i].what);
		ck_assert_msg(
		    strstr(child.said, words) != NULL, "%s", child.said);
	}
}
END_TEST

START_TEST(a_call_of_the_future_is_not_there)
{
	struct confined child;

	if (!confined_possible(who_of(_i)))
		return;
	confined_start(
	    &child, profile_of(_i), who_of(_i), do_future_call, 9999);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
}
END_TEST

/* ---- what each user must be able to reach ---- */

/* Asks the kernel itself, as the same user and without policy/. */
static int
can_unshare(pid_t flags)
{
	confined_become(AS_NOBODY);
	return unshare(flags | CLONE_NEWUSER) == 0 ? 0 : 1;
}

static int
can_unshare_as_we_are(pid_t flags)
{
	return unshare(flags) == 0 ? 0 : 1;
}

static int
can_landlock(pid_t unused)
{
	(void)unused;
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0 ? 0 : 1;
}

static int
can_raise_limit(pid_t unused)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)unused;
	return setrlimit(RLIMIT_MEMLOCK, &all) == 0 ? 0 : 1;
}

static int
can_change_account(pid_t uid)
{
	return setgroups(0, NULL) == 0 && setuid((uid_t)uid) == 0 ? 0 : 1;
}

static enum level
lock_level(const struct profile *profile)
{
	if (!profile->lock_memory)
		return LEVEL_NOT_ASKED;
	return forked(can_raise_limit, 0) == 0 ? LEVEL_FULL : LEVEL_PARTIAL;
}

static int
flags_of(const struct profile *profile)
{
	return CLONE_NEWIPC | CLONE_NEWUTS |
	       (profile->empty_network ? CLONE_NEWNET : 0) |
	       (profile->empty_root ? CLONE_NEWNS : 0);
}

START_TEST(root_reaches_every_layer_that_the_kernel_has)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child;
	enum level spaces, landlock, account;

	if (!confined_possible(AS_ROOT) || profile->master)
		return;
	spaces = forked(can_unshare_as_we_are, flags_of(profile)) == 0
		     ? LEVEL_FULL
		     : LEVEL_MISSING;
	account = forked(can_change_account, (pid_t)profile->uid) == 0
		      ? LEVEL_FULL
		      : LEVEL_MISSING;
	landlock = forked(can_landlock, 0) == 0 ? LEVEL_FULL : LEVEL_MISSING;
	confined_start(&child, profile, AS_ROOT, do_nothing, 0);
	ck_assert_int_eq(child.reached.level[LAYER_NAMESPACES], spaces);
	ck_assert_int_eq(child.reached.level[LAYER_ROOT],
	    profile->empty_root ? spaces : LEVEL_NOT_ASKED);
	ck_assert_int_eq(child.reached.level[LAYER_UID], account);
	if (account == LEVEL_FULL) {
		ck_assert_uint_eq(child.reached.uid, profile->uid);
		ck_assert_uint_eq(child.reached.gid, profile->uid);
	}
	ck_assert_int_eq(child.reached.level[LAYER_LANDLOCK],
	    profile->no_files ? landlock : LEVEL_NOT_ASKED);
	ck_assert_int_eq(
	    child.reached.level[LAYER_MEMORY], lock_level(profile));
	confined_end(&child);
}
END_TEST

START_TEST(nobody_reaches_what_a_user_namespace_gives_and_no_account)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child;
	enum level spaces;

	if (profile->master || !confined_possible(AS_NOBODY))
		return;
	spaces = forked(can_unshare, flags_of(profile)) == 0 ? LEVEL_FULL
							     : LEVEL_MISSING;
	confined_start(&child, profile, AS_NOBODY, do_nothing, 0);
	ck_assert_int_eq(child.reached.level[LAYER_NAMESPACES], spaces);
	ck_assert_int_eq(child.reached.level[LAYER_UID], LEVEL_PARTIAL);
	ck_assert_int_eq(child.reached.reason[LAYER_UID], EPERM);
	if (profile->lock_memory)
		ck_assert_int_ne(
		    child.reached.level[LAYER_MEMORY], LEVEL_NOT_ASKED);
	confined_end(&child);
}
END_TEST

/* Where not even user namespaces are, a container's root for instance. */
START_TEST(what_cannot_be_had_is_missing)
{
	const struct profile *profile = profiles_at((size_t)_i);
	struct confined child;

	if (profile->master || !confined_possible(AS_CRAMPED))
		return;
	confined_start(&child, profile, AS_CRAMPED, do_nothing, 0);
	ck_assert_int_eq(child.reached.level[LAYER_NAMESPACES], LEVEL_MISSING);
	ck_assert_int_eq(child.reached.reason[LAYER_NAMESPACES], ENOSPC);
	ck_assert_uint_eq(child.reached.namespaces, 0);
	ck_assert_int_eq(child.reached.level[LAYER_ROOT],
	    profile->empty_root ? LEVEL_MISSING : LEVEL_NOT_ASKED);
	ck_assert_int_eq(child.reached.level[LAYER_UID], LEVEL_MISSING);
	ck_assert_int_eq(child.reached.reason[LAYER_UID], EPERM);
	confined_end(&child);
}
END_TEST

START_TEST(a_master_leaves_its_children_what_they_must_change)
{
	struct confined child;
	enum who who = confined_possible(AS_NOBODY) ? AS_NOBODY : AS_ROOT;

	confined_start(&child, &frontd_profile, who, do_nothing, 0);
	ck_assert_int_eq(
	    child.reached.level[LAYER_NAMESPACES], LEVEL_NOT_ASKED);
	ck_assert_int_eq(child.reached.level[LAYER_ROOT], LEVEL_NOT_ASKED);
	ck_assert_int_eq(child.reached.level[LAYER_UID], LEVEL_NOT_ASKED);
	ck_assert_int_eq(child.reached.level[LAYER_LANDLOCK], LEVEL_NOT_ASKED);
	confined_end(&child);
}
END_TEST

static Suite *
policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("policy");

	while (profiles_at((size_t)profile_total) != NULL)
		profile_total++;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, what_is_reported_is_seen_from_outside, 0,
	    profile_total * WHO_COUNT);
	tcase_add_loop_test(tcase, a_forbidden_call_is_the_end_and_is_named, 0,
	    profile_total * WHO_COUNT);
	tcase_add_loop_test(tcase, a_call_of_the_future_is_not_there, 0,
	    profile_total * WHO_COUNT);
	tcase_add_loop_test(tcase, root_reaches_every_layer_that_the_kernel_has,
	    0, profile_total);
	tcase_add_loop_test(tcase,
	    nobody_reaches_what_a_user_namespace_gives_and_no_account, 0,
	    profile_total);
	tcase_add_loop_test(
	    tcase, what_cannot_be_had_is_missing, 0, profile_total);
	tcase_add_test(
	    tcase, a_master_leaves_its_children_what_they_must_change);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(policy_suite)
