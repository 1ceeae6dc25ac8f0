/*
 * frontctl: asks a running frontd, and tells it what to do (frontctl(8)).
 */
#include "admin/ctl.h"

#define SOCKET "/run/sallyport/frontd-admin.sock"

/* clang-format off */
static const struct ctl_command commands[] = {
	{ "status",      "", "processes and what confines them",                0, 0, NULL },
	{ "sites",       "", "certificates, and what became of connections",    0, 0, NULL },
	{ "backends",    "", "the backends of each site, and how they are",     0, 0, NULL },
	{ "workers",     "", "what each worker does",                           0, 0, NULL },
	{ "connections", "", "the connections that there are",                  0, 0, NULL },
	{ "reload",      "", "reads configuration and files again, or says why not", 0, 0, NULL },
	{ "drain",       "", "lets connections finish, then ends",              0, 0, NULL },
	{ "upgrade",     "", "has the frontd that is installed now take over",  0, 0, NULL },
	{ "metrics",     "", "metrics in the format of Prometheus",             0, 0, NULL },
};
/* clang-format on */

int
main(int argc, char **argv)
{
	static const struct ctl ctl = { "frontctl", SOCKET, commands,
		COUNT(commands) };

	return ctl_main(&ctl, argc, argv);
}
