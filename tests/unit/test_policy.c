/*
 * policy/policy.c: a process enters its profile for real, and what it reports
 * as reached is looked for from outside, in /proc.
 */
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
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
#include "tests/unit/seen.h"
#include "tests/unit/unit.h"

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
	const struct call *map = profile_call(profile, SYS_mmap);

	if (profile->master)
		return forbidden[which].master_too;
	if (forbidden[which].deed == do_mmap_code)
		return map == NULL || map->rule != RULE_REFUSED;
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
	struct confined child = { 0 };

	if (!confined_possible(who_of(_i)))
		return;
	confined_start(&child, profile, who_of(_i), do_nothing, 0);
	seen_as_reported(&child, profile);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
	seen_reasons(&child, profile);
}
END_TEST

START_TEST(a_forbidden_call_is_the_end_and_is_named)
{
	const struct profile *profile = profile_of(_i);
	struct confined child = { 0 };
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
	struct confined child = { 0 };

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
	return confined_forked(can_raise_limit, 0) == 0 ? LEVEL_FULL
							: LEVEL_PARTIAL;
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
	struct confined child = { 0 };
	enum level spaces, landlock, account;

	if (!confined_possible(AS_ROOT) || profile->master)
		return;
	spaces = confined_forked(can_unshare_as_we_are, flags_of(profile)) == 0
		     ? LEVEL_FULL
		     : LEVEL_MISSING;
	account = confined_forked(can_change_account, (pid_t)profile->uid) == 0
		      ? LEVEL_FULL
		      : LEVEL_MISSING;
	landlock =
	    confined_forked(can_landlock, 0) == 0 ? LEVEL_FULL : LEVEL_MISSING;
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
	struct confined child = { 0 };
	enum level spaces;

	if (profile->master || !confined_possible(AS_NOBODY))
		return;
	spaces = confined_forked(can_unshare, flags_of(profile)) == 0
		     ? LEVEL_FULL
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
	struct confined child = { 0 };

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
	struct confined child = { 0 };
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

/* ---- how it is entered ---- */

static const struct {
	const struct profile *child, *master;
} families[] = {
	{ &keyd_signer_profile, &keyd_profile },
	{ &frontd_worker_profile, &frontd_profile },
	{ &frontd_connect_profile, &frontd_profile },
	{ &frontd_page_profile, &frontd_profile },
	{ &frontd_fetch_profile, &frontd_profile },
	{ &frontd_prove_profile, &frontd_profile },
};

/* Its filter is theirs too: it must let them do all that they do alone. */
START_TEST(under_its_masters_filter_a_child_reaches_the_same)
{
	const struct profile *profile = families[_i / WHO_COUNT].child;
	struct confined alone = { 0 };
	struct confined child = { .under = families[_i / WHO_COUNT].master };

	if (!confined_possible(who_of(_i)))
		return;
	confined_start(&alone, profile, who_of(_i), do_nothing, 0);
	confined_end(&alone);
	confined_start(&child, profile, who_of(_i), do_nothing, 0);
	seen_as_reported(&child, profile);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
	ck_assert_mem_eq(&alone.reached, &child.reached, sizeof alone.reached);
}
END_TEST

/* Of calls that are forbidden to both; the child's own name is in the line. */
START_TEST(under_its_masters_filter_a_child_still_says_what_ended_it)
{
	const struct profile *profile = families[_i].child;
	struct confined child = { .under = families[_i].master };
	char words[96];

	confined_start(&child, profile, AS_NOBODY, do_call, SYS_bpf);
	confined_end(&child);
	ck_assert_int_eq(WTERMSIG(child.status), SIGSYS);
	snprintf(words, sizeof words,
	    "process=%s pid=%d event=forbidden-call call=bpf ", profile->name,
	    (int)child.pid);
	ck_assert_msg(strstr(child.said, words) != NULL, "%s", child.said);
}
END_TEST

static int
enter_or_die(pid_t row)
{
	struct policy_request ask = { .strictness = SANDBOX_REQUIRE };
	struct confinement reached;

	confined_become(AS_CRAMPED);
	close(STDERR_FILENO);
	policy_enter(families[row].child, &ask, &reached);
	return 0;
}

START_TEST(a_missing_layer_is_fatal_when_all_are_required)
{
	if (!confined_possible(AS_CRAMPED))
		return;
	ck_assert_int_eq(confined_forked(enter_or_die, _i), -SIGABRT);
}
END_TEST

/* From 4 on; 3 is the link to the test. */
static int
count_descriptors(long most)
{
	int open_ones = 0;

	for (int fd = 4; fd < most; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			open_ones++;
	return open_ones;
}

START_TEST(no_descriptor_is_left_but_those_to_be_kept)
{
	struct confined child = { .keep_below = 5, .gifts = 9 };

	confined_start(
	    &child, &frontd_worker_profile, AS_NOBODY, count_descriptors, 256);
	confined_end(&child);
	ck_assert_msg(
	    WEXITSTATUS(child.status) == 1, "%x: %s", child.status, child.said);
}
END_TEST

START_TEST(entering_leaves_no_descriptor_of_its_own)
{
	struct confined child = { .gifts = 3 };

	confined_start(
	    &child, &frontd_worker_profile, AS_NOBODY, count_descriptors, 256);
	confined_end(&child);
	ck_assert_msg(
	    WEXITSTATUS(child.status) == 3, "%x: %s", child.status, child.said);
}
END_TEST

static int
use_terminal(long unused)
{
	char typed;

	(void)unused;
	if (write(STDOUT_FILENO, "printed", 7) != 7)
		return 2;
	return read(STDIN_FILENO, &typed, 1) == 0 ? 0 : 1;
}

START_TEST(a_child_neither_reads_nor_writes_the_terminal)
{
	struct confined child = { 0 };

	confined_start(&child, families[_i].child, AS_NOBODY, use_terminal, 0);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
	ck_assert_ptr_null(strstr(child.said, "printed"));
}
END_TEST

static int
wait_for_ever(long fd)
{
	char word;

	return read((int)fd, &word, 1) == 0 ? 0 : 1;
}

/* The parent between: it ends when its child is on its own. */
static void
parent_of(struct confined *child, int row, int report)
{
	confined_start(child, families[row / WHO_COUNT].child, who_of(row),
	    wait_for_ever, 4);
	if (write(child->link, "!", 1) < 0 ||
	    write(report, &child->pid, sizeof child->pid) < 0)
		_exit(1);
	_exit(0);
}

/* Not because of what it reads: that is never written, and never closed. */
START_TEST(a_child_dies_with_its_parent)
{
	struct confined child = { .gifts = 1 };
	int report[2], never[2], status;
	pid_t parent, orphan;

	if (!confined_possible(who_of(_i)))
		return;
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	ck_assert(pipe(report) == 0 && pipe(never) == 0);
	child.gift = never[0];
	if ((parent = fork()) == 0)
		parent_of(&child, _i, report[1]);
	ck_assert_int_eq(
	    read(report[0], &orphan, sizeof orphan), (ssize_t)sizeof orphan);
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(waitpid(orphan, &status, 0), orphan);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "status %x", status);
}
END_TEST

/* ---- what they are for, they still can ---- */

static struct sockaddr_in ip_address = { .sin_family = AF_INET };
static struct sockaddr_un unix_address = { .sun_family = AF_UNIX };

static int
listen_at(struct sockaddr *address, socklen_t len)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, address, len), 0);
	ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert_int_eq(getsockname(fd, address, &len), 0);
	return fd;
}

static int
listen_on_loopback(void)
{
	ip_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return listen_at((struct sockaddr *)&ip_address, sizeof ip_address);
}

static bool
connects(const void *address, socklen_t len)
{
	const struct sockaddr *to = address;
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, to, len) == 0;
}

static int
do_connect(long unused)
{
	(void)unused;
	if (!connects(&ip_address, sizeof ip_address))
		return 1;
	return connects(&unix_address, sizeof unix_address) ? 0 : 2;
}

START_TEST(a_connector_connects)
{
	struct confined child = { 0 };
	char dir[] = "/tmp/sallyport-XXXXXX";
	int ip, local;

	if (!confined_possible(who_of(_i)))
		return;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	snprintf(
	    unix_address.sun_path, sizeof unix_address.sun_path, "%s/s", dir);
	ip = listen_on_loopback();
	local =
	    listen_at((struct sockaddr *)&unix_address, sizeof unix_address);
	ck_assert_int_eq(chmod(unix_address.sun_path, 0777), 0);
	confined_start(
	    &child, &frontd_connect_profile, who_of(_i), do_connect, 0);
	confined_end(&child);
	unlink(unix_address.sun_path);
	rmdir(dir);
	close(ip);
	close(local);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
}
END_TEST

static int
do_accept(long listener)
{
	return accept4((int)listener, NULL, NULL, SOCK_NONBLOCK) >= 0 ? 0 : 1;
}

/* The listener is of the network that the worker has left. */
START_TEST(a_worker_accepts)
{
	struct confined child = { .gifts = 1 };
	int client;

	if (!confined_possible(who_of(_i)))
		return;
	child.gift = listen_on_loopback();
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
	    connect(client, (struct sockaddr *)&ip_address, sizeof ip_address),
	    0);
	confined_start(
	    &child, &frontd_worker_profile, who_of(_i), do_accept, 4);
	confined_end(&child);
	ck_assert_msg(child.status == 0, "%x: %s", child.status, child.said);
}
END_TEST

static Suite *
policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("policy");

	while (profiles_at((size_t)profile_total) != NULL)
		profile_total++;
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
	tcase_add_loop_test(tcase,
	    under_its_masters_filter_a_child_reaches_the_same, 0,
	    (int)COUNT(families) * WHO_COUNT);
	tcase_add_loop_test(tcase,
	    under_its_masters_filter_a_child_still_says_what_ended_it, 0,
	    (int)COUNT(families));
	tcase_add_loop_test(tcase,
	    a_missing_layer_is_fatal_when_all_are_required, 0,
	    (int)COUNT(families));
	tcase_add_test(tcase, no_descriptor_is_left_but_those_to_be_kept);
	tcase_add_loop_test(tcase,
	    a_child_neither_reads_nor_writes_the_terminal, 0,
	    (int)COUNT(families));
	tcase_add_test(tcase, entering_leaves_no_descriptor_of_its_own);
	tcase_add_loop_test(tcase, a_child_dies_with_its_parent, 0,
	    (int)COUNT(families) * WHO_COUNT);
	tcase_add_loop_test(tcase, a_connector_connects, 0, WHO_COUNT);
	tcase_add_loop_test(tcase, a_worker_accepts, 0, WHO_COUNT);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(policy_suite)
