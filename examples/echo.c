/*
 * echo: a TLS server that sends back what it gets. The process that strangers
 * talk to has no private key: keyd has it, and libkeyclient brings each
 * signature. Before it takes the first of them it gives up its account and all
 * system calls but those below.
 *	cc echo.c -o echo $(pkg-config --cflags --libs keyclient libseccomp)
 *	./echo /run/sallyport/keyd.sock chain.pem 8443
 */
#include <arpa/inet.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <keyclient.h>
#include <s2n.h>
#include <seccomp.h>

#define MUST(good) ((good) ? (void)0 : (perror(#good), exit(1)))

static const struct timeval patience = { 10, 0 };
static struct event_base *base;
static struct evconnlistener *listener;
static struct s2n_config *config;
static struct keyclient *keys;

/* A client, and bytes on their way back to it. */
struct peer {
	struct s2n_connection *conn;
	struct event ready;
	uint8_t bytes[4096];
	ssize_t held, sent;
};

static void go_on(evutil_socket_t, short, void *);

/* What is next, of handshake, receiving and sending: -1 as they say it. */
static ssize_t
step(struct peer *peer, s2n_blocked_status *blocked)
{
	ssize_t n;

	if (s2n_negotiate(peer->conn, blocked) != S2N_SUCCESS)
		return -1;
	if (peer->sent < peer->held) {
		n = s2n_send(peer->conn, peer->bytes + peer->sent,
		    peer->held - peer->sent, blocked);
		peer->sent += n > 0 ? n : 0;
		return n;
	}
	peer->sent = 0;
	return peer->held = s2n_recv(
		   peer->conn, peer->bytes, sizeof peer->bytes, blocked);
}

/* Until something happens, for some time; then go_on ends it. */
static void
wait_for(struct peer *peer, short what, evutil_socket_t fd, struct timeval time)
{
	event_del(&peer->ready);
	event_assign(&peer->ready, base, fd, what, go_on, peer);
	event_add(&peer->ready, &time);
}

static void
go_on(evutil_socket_t fd, short what, void *ctx)
{
	/* By what it is blocked on. An answer of keyd's calls answered. */
	static const short waits[] = { 0, EV_READ, EV_WRITE, 0, 0 };
	struct peer *peer = ctx;
	s2n_blocked_status blocked;
	uint64_t delay;
	ssize_t n = 1;

	while ((what & EV_TIMEOUT) == 0 && n > 0)
		n = step(peer, &blocked);
	if (n < 0 && s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED) {
		wait_for(peer, waits[blocked], fd, patience);
	} else if (n < 0) {
		/* Who fails does not learn from the time what failed. */
		delay = s2n_connection_get_delay(peer->conn) / 1000;
		wait_for(peer, 0, fd,
		    (struct timeval){ delay / 1000000, delay % 1000000 });
	} else {
		s2n_shutdown_send(peer->conn, &blocked);
		event_del(&peer->ready);
		keyclient_forget(keys, peer->conn);
		s2n_connection_free(peer->conn);
		close(fd);
		free(peer);
	}
}

/* keyd's signature is there, or its refusal. */
static void
answered(struct s2n_connection *conn, void *ctx)
{
	struct peer *peer = s2n_connection_get_ctx(conn);

	go_on(event_get_fd(&peer->ready), 0, peer);
	(void)ctx;
}

static void
accepted(struct evconnlistener *from, evutil_socket_t fd, struct sockaddr *who,
    int len, void *ctx)
{
	struct peer *peer = calloc(1, sizeof *peer);

	MUST(peer && (peer->conn = s2n_connection_new(S2N_SERVER)));
	MUST(s2n_connection_set_config(peer->conn, config) == S2N_SUCCESS &&
	     s2n_connection_set_fd(peer->conn, fd) == S2N_SUCCESS &&
	     s2n_connection_set_ctx(peer->conn, peer) == S2N_SUCCESS &&
	     s2n_connection_set_blinding(
		 peer->conn, S2N_SELF_SERVICE_BLINDING) == S2N_SUCCESS);
	event_assign(&peer->ready, base, fd, EV_READ, go_on, peer);
	event_add(&peer->ready, &patience);
	(void)from, (void)who, (void)len, (void)ctx;
}

/* keyd has told of its keys. A new socket, to a new keyd, is refused; any other
 * call that is not here ends the process. */
static void
told(void *ctx)
{
	static const char *const calls[] = { "accept4", "brk", "clock_gettime",
		"close", "epoll_ctl", "epoll_pwait", "epoll_wait", "exit_group",
		"futex", "getpid", "getrandom", "madvise", "mlock", "mmap",
		"mremap", "munmap", "read", "recvmsg", "rt_sigreturn",
		"sendmsg", "write" };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	keyclient_when_told(keys, NULL);
	if (geteuid() == 0)
		MUST(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534));
	MUST(!seccomp_rule_add(filter, SCMP_ACT_ERRNO(1), SCMP_SYS(socket), 0));
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		MUST(!seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    seccomp_syscall_resolve_name(calls[i]), 0));
	MUST(puts("serving") >= 0 && fflush(stdout) == 0);
	MUST(!evconnlistener_enable(listener) && !seccomp_load(filter));
	(void)ctx;
}

int
main(int argc, char **argv)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct sockaddr_in here = { .sin_family = AF_INET };
	FILE *file = argc == 4 ? fopen(argv[2], "r") : NULL;
	static uint8_t pem[65536], spki[KEYCLIENT_SPKI_SIZE];
	size_t size;

	signal(SIGPIPE, SIG_IGN);
	MUST(file);
	size = fread(pem, 1, sizeof pem, file);
	fclose(file);
	MUST(size > 0 && s2n_init() == S2N_SUCCESS);
	MUST((config = s2n_config_new()) && (base = event_base_new()));
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	here.sin_port = htons((uint16_t)atoi(argv[3]));
	MUST((listener = evconnlistener_new_bind(base, accepted, NULL,
		  LEV_OPT_REUSEABLE | LEV_OPT_DISABLED, 128,
		  (struct sockaddr *)&here, sizeof here)));
	MUST((keys = keyclient_new(base, 5000, answered, NULL)));
	MUST(!s2n_cert_chain_and_key_load_public_pem_bytes(
		 chain, pem, (uint32_t)size) &&
	     !s2n_config_add_cert_chain_and_key_to_store(config, chain));
	MUST(!keyclient_spki(chain, spki) &&
	     !keyclient_add(keys, config, chain, spki));
	keyclient_when_told(keys, told);
	MUST(!keyclient_connect(keys, argv[1]));
	return event_base_dispatch(base);
}
