/* Guide: mlock() and system limits; Disabling mlock(). */
#include "pair.h"

#include <sys/resource.h>
#include <sys/wait.h>

static long
locked_kilobytes(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long found = -1;

	CHECK(status != NULL);
	while (fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			found = atol(line + 6);
	fclose(status);
	CHECK(found >= 0);
	return found;
}

/* In a process of its own, which has initialized nothing before. */
static void
apart(void (*work)(void))
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (pid == 0) {
		work();
		exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
switched_off(void)
{
	struct s2n_connection *conn;

	CHECK(setenv("S2N_DONT_MLOCK", "1", 1) == 0);
	CHECK(s2n_init() == 0);
	CHECK((conn = s2n_connection_new(S2N_SERVER)) != NULL);
	CHECK(locked_kilobytes() == 0);
	CHECK(s2n_connection_free(conn) == 0 && s2n_cleanup_final() == 0);
}

/* Where the limit leaves room, and else the error says which it is. */
static void
as_it_is(void)
{
	struct s2n_connection *conn;

	CHECK(unsetenv("S2N_DONT_MLOCK") == 0);
	if (s2n_init() < 0) {
		CHECK(
		    strcmp(s2n_strerror_name(s2n_errno), "S2N_ERR_MLOCK") == 0);
		puts("note: ulimit -l leaves no room to lock memory");
		fflush(stdout);
		return;
	}
	CHECK((conn = s2n_connection_new(S2N_SERVER)) != NULL);
	CHECK(locked_kilobytes() > 0);
	CHECK(s2n_connection_free(conn) == 0 && s2n_cleanup_final() == 0);
}

static void
with_no_room(void)
{
	const struct rlimit none = { 0, 0 };

	if (geteuid() == 0)
		CHECK(seteuid(65534) == 0);
	CHECK(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
	CHECK(unsetenv("S2N_DONT_MLOCK") == 0);
	CHECK(s2n_init() < 0);
	CHECK(strcmp(s2n_strerror_name(s2n_errno), "S2N_ERR_MLOCK") == 0);
	CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_INTERNAL);
	CHECK(setenv("S2N_DONT_MLOCK", "", 1) == 0);
	CHECK(s2n_init() == 0 && s2n_cleanup_final() == 0);
}

int
main(void)
{
	apart(switched_off);
	apart(as_it_is);
	apart(with_no_room);
	puts("ok");
	return 0;
}
