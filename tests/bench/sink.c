/*
 * sink: the backend of the proxies under measurement. Reads each connection to
 * its end and closes it; "GET /N HTTP/1.1" it answers with N bytes, if nothing
 * of the answer before waits. Says "port n" when it listens.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES_MAX 65536

static int epoll;
/* What of an answer's body is still to be sent, by descriptor. */
static size_t rest[FILES_MAX];

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
watch(int fd, int change, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(epoll, change, fd, &event) != 0)
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

/* As much of the body as there is room for; the rest when there is more. */
static void
send_body(int fd)
{
	static const char body[1 << 16];
	size_t len;
	ssize_t sent = 0;

	while (rest[fd] > 0 && sent >= 0) {
		len = rest[fd] < sizeof body ? rest[fd] : sizeof body;
		sent = send(fd, body, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		rest[fd] -= sent > 0 ? (size_t)sent : 0;
	}
}

static void
answer(int fd, const char *request)
{
	char header[128];
	int len;

	if (strncmp(request, "GET /", 5) != 0)
		return;
	rest[fd] = (size_t)strtoul(request + 5, NULL, 10);
	len = snprintf(header, sizeof header,
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", rest[fd]);
	(void)send(fd, header, (size_t)len,
	    MSG_NOSIGNAL | (rest[fd] > 0 ? MSG_MORE : 0));
	send_body(fd);
	if (rest[fd] > 0)
		watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
}

static void
serve(int fd, uint32_t events)
{
	char request[4096];
	ssize_t got;

	if ((events & EPOLLOUT) != 0 && rest[fd] > 0) {
		send_body(fd);
		if (rest[fd] == 0)
			watch(fd, EPOLL_CTL_MOD, EPOLLIN);
		return;
	}
	if ((got = read(fd, request, sizeof request - 1)) <= 0) {
		rest[fd] = 0;
		close(fd);
		return;
	}
	request[got] = '\0';
	answer(fd, request);
}

int
main(void)
{
	int listener = listen_anywhere(), fd;
	struct epoll_event event;

	if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("epoll");
	watch(listener, EPOLL_CTL_ADD, EPOLLIN);
	while (epoll_wait(epoll, &event, 1, -1) == 1) {
		fd = event.data.fd;
		if (fd != listener) {
			serve(fd, event.events);
		} else if ((fd = accept(listener, NULL, NULL)) >= FILES_MAX) {
			close(fd);
		} else if (fd >= 0) {
			watch(fd, EPOLL_CTL_ADD, EPOLLIN);
		}
	}
	die("epoll_wait");
}
