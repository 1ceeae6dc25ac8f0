/*
 * A program that knows the installed library alone: a handshake of a client and
 * a server over a socket pair, each in a process. Prints what was agreed on.
 */
#include <s2n.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <unstable/fingerprint.h>

_Noreturn static void
die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, s2n_strerror(s2n_errno, "EN"));
	exit(1);
}

static void
talk(s2n_mode mode, struct s2n_config *config, int fd)
{
	struct s2n_connection *conn = s2n_connection_new(mode);
	s2n_blocked_status blocked;

	if (conn == NULL || s2n_connection_set_config(conn, config) != 0 ||
	    s2n_connection_set_fd(conn, fd) != 0 ||
	    s2n_negotiate(conn, &blocked) != 0)
		die(mode == S2N_SERVER ? "server" : "client");
	if (mode == S2N_CLIENT)
		printf("version %d\n",
		    s2n_connection_get_actual_protocol_version(conn));
	if (s2n_shutdown(conn, &blocked) != 0 || s2n_connection_free(conn) != 0)
		die("end");
}

static void
read_file(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	text[fread(text, 1, room - 1, file)] = '\0';
	fclose(file);
}

int
main(int argc, char **argv)
{
	static char cert[16384], key[16384];
	struct s2n_config *config;
	int pair[2], status;

	if (argc != 3 || s2n_init() != 0 ||
	    (config = s2n_config_new_minimal()) == NULL)
		die("usage: consumer cert.pem key.pem");
	read_file(argv[1], cert, sizeof cert);
	read_file(argv[2], key, sizeof key);
	if (s2n_config_add_cert_chain_and_key(config, cert, key) != 0 ||
	    s2n_config_disable_x509_verification(config) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		die("config");
	if (fork() == 0) {
		close(pair[0]);
		talk(S2N_SERVER, config, pair[1]);
		_exit(0);
	}
	close(pair[1]);
	talk(S2N_CLIENT, config, pair[0]);
	wait(&status);
	s2n_config_free(config);
	return status;
}
