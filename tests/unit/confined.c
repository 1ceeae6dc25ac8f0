/*
 * Children in a profile; the contract is in confined.h.
 */
#include "tests/unit/confined.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/profile.h"
#include "tests/unit/unit.h"

#define NOBODY 65534
#define CHILD_LINK 3

static const char *const not_possible[WHO_COUNT] = {
	[AS_ROOT] = "not root",
	[AS_NOBODY] = "no account of nobody's",
	[AS_CRAMPED] = "no user namespace whose root can limit it",
};

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		_exit(99);
	}
	close(fd);
}

static void
cramp(void)
{
	char map[32];
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (unshare(CLONE_NEWUSER) != 0) {
		fprintf(stderr, "unshare: %s\n", strerror(errno));
		_exit(98);
	}
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	put("/proc/self/gid_map", map);
	put("/proc/sys/user/max_net_namespaces", "0");
	put("/proc/sys/user/max_ipc_namespaces", "0");
}

void
confined_become(enum who who)
{
	const gid_t groups[] = { 4, 24 };

	if (who == AS_ROOT) {
		if (geteuid() != 0)
			_exit(1);
		/* Something to lose; not every root may. */
		(void)!setgroups(COUNT(groups), groups);
		return;
	}
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 ||
				  setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				  setresuid(NOBODY, NOBODY, NOBODY) != 0))
		_exit(97);
	/* As it would be after an exec, which the daemons' children had. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (who == AS_CRAMPED)
		cramp();
}

bool
confined_possible(enum who who)
{
	static bool told;
	bool possible;
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		close(STDERR_FILENO);
		confined_become(who);
		_exit(0);
	}
	possible = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
	if (!possible && !told)
		printf("note: %s here, so no process was confined as that\n",
		    not_possible[who]);
	told |= !possible;
	return possible;
}

/*
 * Waits for the word, does the deed. Neither this nor its end is a function of
 * no return: before those AddressSanitizer makes a call of its own.
 */
static void
act(int link, confined_deed *deed, long argument)
{
	char word;

	if (read(link, &word, 1) == 1)
		syscall(SYS_exit_group, deed(argument));
	syscall(SYS_exit_group, 96);
}

/* The child's descriptors stand where a daemon's would. */
static int
settle(const struct confined *child, const int link[2], const int log[2])
{
	int kept = fcntl(link[1], F_DUPFD, 64);
	int gift = fcntl(child->gift, F_DUPFD, 64);
	int typed[2];

	/* Something to read, as a terminal has. */
	if (pipe(typed) == 0 && write(typed[1], "typed", 5) == 5)
		dup2(typed[0], STDIN_FILENO);
	dup2(log[1], STDOUT_FILENO);
	dup2(log[1], STDERR_FILENO);
	dup2(kept, CHILD_LINK);
	for (int i = 1; i <= child->gifts; i++)
		dup2(gift, CHILD_LINK + i);
	close_range((unsigned)(CHILD_LINK + child->gifts + 1), ~0u, 0);
	return CHILD_LINK;
}

static void
birth(struct confined *child, int link[2], int log[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, link), 0);
	ck_assert_int_eq(pipe(log), 0);
	fflush(NULL);
	child->pid = fork();
	ck_assert_int_ge(child->pid, 0);
	if (child->pid == 0)
		return;
	close(link[1]);
	close(log[1]);
	child->link = link[0];
	child->log = log[0];
}

static void
hear(struct confined *child)
{
	size_t len = 0;
	ssize_t got;

	while (len < sizeof child->said - 1 &&
	       (got = read(child->log, child->said + len,
		    sizeof child->said - 1 - len)) > 0)
		len += (size_t)got;
	child->said[len] = '\0';
	close(child->log);
	ck_assert_int_eq(waitpid(child->pid, &child->status, 0), child->pid);
}

static void
await(struct confined *child)
{
	size_t len = sizeof child->reached;

	if (recv(child->link, &child->reached, len, MSG_WAITALL) ==
	    (ssize_t)len)
		return;
	hear(child);
	ck_abort_msg("ended with %x before it could report: %s", child->status,
	    child->said);
}

/* As its master's filter and then its own would have it. */
static void
enter(const struct confined *child, const struct profile *profile,
    struct confinement *reached)
{
	struct policy_request ask = { .strictness = SANDBOX_BEST_EFFORT };

	if (child->under != NULL) {
		policy_enter(child->under, &ask, reached);
		/* The exec between. */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	}
	ask.keep_below = child->keep_below;
	policy_enter(profile, &ask, reached);
}

/* As all can: the way of ipc/channel.c, whatever else a filter forbids. */
static bool
report(int link, const struct confinement *reached)
{
	struct confinement copy = *reached;
	struct iovec bytes = { &copy, sizeof copy };
	const struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };

	return sendmsg(link, &message, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)sizeof copy;
}

void
confined_start(struct confined *child, const struct profile *profile,
    enum who who, confined_deed *deed, long argument)
{
	struct confinement reached;
	int link[2], log[2];

	birth(child, link, log);
	if (child->pid == 0) {
		link[1] = settle(child, link, log);
		confined_become(who);
		log_open("confined", LOG_LEVEL_INFO);
		enter(child, profile, &reached);
		if (!report(link[1], &reached))
			_exit(95);
		act(link[1], deed, argument);
		return;
	}
	await(child);
}

void
confined_end(struct confined *child)
{
	/* It may be dead already: that is for the caller to judge. */
	if (send(child->link, "!", 1, MSG_NOSIGNAL) < 0)
		ck_assert_int_eq(errno, EPIPE);
	hear(child);
	close(child->link);
}

void
confined_filter(struct confined *child, const struct profile *profile,
    confined_deed *deed, long argument)
{
	int link[2], log[2];

	birth(child, link, log);
	if (child->pid == 0) {
		link[1] = settle(child, link, log);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    seccomp_enter(profile) != 0)
			_exit(94);
		act(link[1], deed, argument);
		return;
	}
	confined_end(child);
}

int
confined_forked(int (*work)(pid_t), pid_t argument)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(work(argument));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
