/*
 * fork and exec with fixed descriptors; the contract is in spawn.h.
 */
#include "ipc/spawn.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define FDS_MAX 32

/*
 * Puts the descriptors at their numbers, then report and program, which exec
 * closes, and closes all others. First every one moves out of the way, since a
 * source may stand on another's target.
 */
static int
place_descriptors(const struct spawn *spawn, int *report, int *program)
{
	size_t count = spawn->fd_count + 1;
	int end = SPAWN_CONTROL_FD + (int)count, above = end + 2;
	int moved[FDS_MAX];

	if (count > FDS_MAX) {
		errno = E2BIG;
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		int source = i == 0 ? spawn->control : spawn->fds[i - 1];

		if ((moved[i] = fcntl(source, F_DUPFD_CLOEXEC, above)) == -1)
			return -1;
	}
	if ((*report = fcntl(*report, F_DUPFD_CLOEXEC, above)) == -1 ||
	    (*program = fcntl(spawn->program, F_DUPFD_CLOEXEC, above)) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (dup2(moved[i], SPAWN_CONTROL_FD + (int)i) == -1)
			return -1;
	if (dup3(*report, end, O_CLOEXEC) == -1 ||
	    dup3(*program, end + 1, O_CLOEXEC) == -1)
		return -1;
	*report = end;
	*program = end + 1;
	return close_range((unsigned)above, ~0U, 0);
}

static void
reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
run_child(const struct spawn *spawn, pid_t parent, int report)
{
	char name[64], word[64], variable[64];
	char *argv[] = { name, spawn->word != NULL ? word : NULL, NULL };
	char *envp[] = { spawn->environment != NULL ? variable : NULL, NULL };
	int error, program;

	snprintf(name, sizeof name, "%s", spawn->name);
	if (spawn->word != NULL)
		snprintf(word, sizeof word, "%s", spawn->word);
	if (spawn->environment != NULL)
		snprintf(variable, sizeof variable, "%s", spawn->environment);
	reset_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    place_descriptors(spawn, &report, &program) == 0)
		fexecve(program, spawn->argv != NULL ? spawn->argv : argv,
		    spawn->envp != NULL ? spawn->envp : envp);
	error = errno;
	if (write(report, &error, sizeof error) == -1)
		_exit(126);
	_exit(127);
}

pid_t
spawn_child(const struct spawn *spawn)
{
	pid_t parent = getpid(), pid;
	ssize_t got;
	int report[2], error = 0;

	if (pipe2(report, O_CLOEXEC) != 0)
		return -1;
	if ((pid = fork()) == 0)
		run_child(spawn, parent, report[1]);
	if (pid == -1)
		error = errno;
	close(report[1]);
	if (pid != -1) {
		do
			got = read(report[0], &error, sizeof error);
		while (got == -1 && errno == EINTR);
		if (got != 0) {
			waitpid(pid, NULL, 0);
			pid = -1;
		}
	}
	close(report[0]);
	if (pid == -1)
		errno = error;
	return pid;
}

/* How many still run; killed if so told. */
static size_t
reap(pid_t *pids, size_t count, bool killing)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		if (pids[i] <= 0)
			continue;
		if (waitpid(pids[i], NULL, WNOHANG) != 0) {
			pids[i] = 0;
			continue;
		}
		left++;
		/* Under another account, without the right to: they see that
		 * we are gone. */
		if (killing && kill(pids[i], SIGKILL) != 0)
			pids[i] = 0;
	}
	return left;
}

void
spawn_end(pid_t *pids, size_t count, unsigned grace_ms)
{
	const struct timespec pause = { 0, 10 * 1000000 };
	uint64_t until = clock_ms() + grace_ms;

	while (reap(pids, count, clock_ms() > until) > 0)
		nanosleep(&pause, NULL);
}

/* Beside the master's own executable; false: there is none, or no room. */
static bool
path_beside(const char *name, char *out, size_t room)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
	int written;

	for (int level = 0; len > 0 && level < 2; level++) {
		self[len] = '\0';
		while (len > 0 && self[len] != '/')
			len--;
		self[len] = '\0';
	}
	if (len < 0)
		return false;
	written = snprintf(out, room, "%s/libexec/%s", self, name);
	return written > 0 && (size_t)written < room && access(out, X_OK) == 0;
}

int
spawn_open(const char *name)
{
	char path[4096];
	int fd;

	if (!path_beside(name, path, sizeof path))
		snprintf(path, sizeof path, "%s/%s", SALLYPORT_LIBEXEC, name);
	if ((fd = open(path, O_PATH | O_CLOEXEC)) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return fd;
}
