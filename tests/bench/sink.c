/*
 * sink: the backend of the proxies under measurement. Reads each connection to
 * its end and closes it; says "port n" when it listens.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		die("epoll");
}

static int
listen_anywhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(fd, 512) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		die("listen");
	printf("port %u\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

int
main(void)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int listener = listen_anywhere(), fd;
	struct epoll_event event;
	char drop[4096];

	if (epoll < 0)
		die("epoll");
	watch(epoll, listener);
	while (epoll_wait(epoll, &event, 1, -1) == 1) {
		fd = event.data.fd;
		if (fd != listener) {
			if (read(fd, drop, sizeof drop) <= 0)
				close(fd);
		} else if ((fd = accept(listener, NULL, NULL)) >= 0) {
			watch(epoll, fd);
		}
	}
	die("epoll_wait");
}
