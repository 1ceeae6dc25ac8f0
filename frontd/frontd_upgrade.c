/*
 * frontd-upgrade starts the frontd that is installed when its master says so,
 * once for each time. It was started before the master read anything or sealed
 * itself, so that the new one has none of its filters, and begins as the first
 * did: with its arguments, environment and directory. What it can be told is
 * "start", with the socket to be passed on; what is started, and how, is its
 * own command line.
 *
 *	frontd-upgrade PROGRAM [ARGUMENT...]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontd/heritage.h"
#include "ipc/spawn.h"

/* Errno: it is the program no more, or it could not become it. */
static int
become(char **argv, int heritage)
{
	char number[16];

	snprintf(number, sizeof number, "%d", SPAWN_CONTROL_FD);
	/* The watchdog is whose turn it is. */
	if (setenv(HERITAGE_VARIABLE, number, 1) != 0 ||
	    unsetenv("WATCHDOG_PID") != 0 ||
	    dup2(heritage, SPAWN_CONTROL_FD) < 0 ||
	    close_range(SPAWN_CONTROL_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		return errno;
	execv(argv[0], argv);
	return errno;
}

/*
 * In a process between, which ends: so the new frontd is a child of the service
 * manager's, like the first, and its end is seen there.
 */
static struct heritage_started
start_between(char **argv, int heritage)
{
	struct heritage_started started = { 0 };
	int report[2];

	if (pipe2(report, O_CLOEXEC) != 0) {
		started.error = errno;
		return started;
	}
	started.pid = (int32_t)fork();
	if (started.pid == 0) {
		/* Away from the numbers that are given. */
		int away = fcntl(report[1], F_DUPFD_CLOEXEC, 16);
		int error = become(argv, heritage);

		if (write(away, &error, sizeof error) < 0)
			_exit(126);
		_exit(127);
	}
	if (started.pid < 0)
		started.error = errno;
	close(report[1]);
	if (started.pid > 0 &&
	    read(report[0], &started.error, sizeof started.error) > 0)
		waitpid(started.pid, NULL, 0);
	if (started.error != 0)
		started.pid = 0;
	close(report[0]);
	return started;
}

static struct heritage_started
start(char **argv, int heritage)
{
	struct heritage_started started = { .error = EIO };
	int answer[2];
	pid_t between;

	if (pipe2(answer, O_CLOEXEC) != 0) {
		started.error = errno;
		return started;
	}
	if ((between = fork()) == 0) {
		started = start_between(argv, heritage);
		if (write(answer[1], &started, sizeof started) < 0)
			_exit(EXIT_FAILURE);
		_exit(EXIT_SUCCESS);
	}
	close(answer[1]);
	if (between < 0)
		started.error = errno;
	else if (read(answer[0], &started, sizeof started) !=
		 (ssize_t)sizeof started)
		started = (struct heritage_started){ .error = EIO };
	close(answer[0]);
	if (between > 0)
		waitpid(between, NULL, 0);
	return started;
}

/* False: the master is gone. */
static bool
serve(struct channel *control, char **argv)
{
	struct pollfd wait = { .fd = SPAWN_CONTROL_FD, .events = POLLIN };
	struct heritage_started started;
	uint8_t packet[CHANNEL_PACKET_MAX];
	enum channel_event event;
	int heritage;
	size_t len;

	if (poll(&wait, 1, -1) < 0 && errno != EINTR)
		return false;
	event =
	    channel_receive(control, packet, sizeof packet, &len, &heritage);
	if (event != CHANNEL_PACKET)
		return event == CHANNEL_EMPTY;
	if (heritage < 0)
		return true;
	started = start(argv, heritage);
	close(heritage);
	return channel_send(control, slice_of(&started, sizeof started), -1) &&
	       channel_flush(control) == CHANNEL_EMPTY;
}

int
main(int argc, char **argv)
{
	struct channel *control;

	if (argc < 2 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    (control = channel_new(SPAWN_CONTROL_FD, 1)) == NULL)
		return EXIT_FAILURE;
	prctl(PR_SET_NAME, "frontd-upgrade", 0, 0, 0);
	while (serve(control, argv + 1))
		;
	channel_free(control);
	return EXIT_SUCCESS;
}
