/*
 * keydctl: asks a running keyd, and tells it what to do (keydctl(8)).
 */
#include "admin/ctl.h"

#define SOCKET "/run/sallyport/keyd-admin.sock"

/* clang-format off */
static const struct ctl_command commands[] = {
	{ "status",         "", "processes, what confines them, and who is connected", 0, 0, NULL },
	{ "keys",           "", "the keys that are served",                            0, 0, NULL },
	{ "reload",         "", "reads configuration and keys again, or says why not", 0, 0, NULL },
	{ "tickets",        "", "the epoch of the ticket keys",                        0, 0, NULL },
	{ "tickets rotate", "", "makes another random root of ticket keys, at once",   0, 0, NULL },
	{ "ping",           "", "whether each group has a signer that serves",         0, 0, NULL },
	{ "metrics",        "", "metrics in the format of Prometheus",                 0, 0, NULL },
};
/* clang-format on */

int
main(int argc, char **argv)
{
	static const struct ctl ctl = { "keydctl", SOCKET, commands,
		COUNT(commands) };

	return ctl_main(&ctl, argc, argv);
}
