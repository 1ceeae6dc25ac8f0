/*
 * What keydctl and frontctl are: a command line that becomes one line to a
 * daemon's administration (admin.h), and its answer printed.
 *
 *	NAME [-s SOCKET] [--json] COMMAND [ARGUMENT...]
 *
 * Exit status: 0 it was done; 1 it was refused, the reasons on standard error;
 * 2 the command line is wrong, or the daemon does not answer.
 */
#ifndef ADMIN_CTL_H
#define ADMIN_CTL_H

#include "base/slice.h"

enum ctl_exit { CTL_DONE = 0, CTL_REFUSED = 1, CTL_UNREACHED = 2 };

struct ctl_command {
	const char *words;     /* "status", "audit verify" */
	const char *arguments; /* for the help: "", "FILE", "[NAME]" */
	const char *help;      /* one line */
	unsigned least, most;  /* arguments */
	/*
	 * What asks no daemon: is given the arguments, and gives the exit
	 * status. NULL: the words and the arguments go to the daemon.
	 */
	int (*run)(int argc, char **argv, bool json);
};

struct ctl {
	const char *name;
	const char *socket; /* the default */
	const struct ctl_command *commands;
	size_t command_count;
};

/* main: what it gives is the exit status. */
int ctl_main(const struct ctl *, int argc, char **argv);

#endif
