/*
 * The client of a daemon's administration; the contract is in ctl.h.
 */
#include "admin/ctl.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/admin.h"

/* What was asked on the command line. */
struct asked {
	const char *socket;
	bool json;
	const struct ctl_command *command;
	int argc; /* of the arguments alone */
	char **argv;
};

static int
complain(const struct ctl *ctl, const char *what, const char *reason)
{
	fprintf(stderr, "%s: %s: %s\n", ctl->name, what, reason);
	return CTL_UNREACHED;
}

static void
print_usage(const struct ctl *ctl, FILE *out)
{
	int width = 0, len;

	fprintf(out, "usage: %s [-s socket] [--json] command\n", ctl->name);
	for (size_t i = 0; i < ctl->command_count; i++) {
		len = (int)(strlen(ctl->commands[i].words) +
			    strlen(ctl->commands[i].arguments));
		width = len > width ? len : width;
	}
	for (size_t i = 0; i < ctl->command_count; i++)
		fprintf(out, "  %s %-*s  %s\n", ctl->commands[i].words,
		    width - (int)strlen(ctl->commands[i].words),
		    ctl->commands[i].arguments, ctl->commands[i].help);
}

/* ---- the command line ---- */

/* How many of the arguments are the command's words; 0: it is another. */
static int
words_match(const struct ctl_command *command, int argc, char **argv)
{
	const char *words = command->words;
	size_t len;

	for (int i = 0; i < argc; i++) {
		len = strlen(argv[i]);
		if (strncmp(words, argv[i], len) != 0)
			return 0;
		if (words[len] == '\0')
			return i + 1;
		if (words[len] != ' ')
			return 0;
		words += len + 1;
	}
	return 0;
}

/* The longest that matches: "tickets rotate" before "tickets". */
static bool
find_command(const struct ctl *ctl, struct asked *asked)
{
	int longest = 0, words;

	for (size_t i = 0; i < ctl->command_count; i++) {
		words =
		    words_match(&ctl->commands[i], asked->argc, asked->argv);
		if (words <= longest)
			continue;
		longest = words;
		asked->command = &ctl->commands[i];
	}
	asked->argc -= longest;
	asked->argv += longest;
	return longest > 0 && asked->argc >= (int)asked->command->least &&
	       asked->argc <= (int)asked->command->most;
}

enum { OPTION_JSON = 256 };

/* False: *status is what to end with. */
static bool
read_options(
    const struct ctl *ctl, int argc, char **argv, struct asked *asked, int *end)
{
	static const struct option options[] = { { "socket", required_argument,
						     NULL, 's' },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 } };
	int option;

	*end = CTL_UNREACHED;
	while (
	    (option = getopt_long(argc, argv, "hs:V", options, NULL)) != -1) {
		if (option == 's') {
			asked->socket = optarg;
		} else if (option == OPTION_JSON) {
			asked->json = true;
		} else if (option == 'h') {
			print_usage(ctl, stdout);
			*end = CTL_DONE;
			return false;
		} else if (option == 'V') {
			printf("%s %s\n", ctl->name, SALLYPORT_VERSION);
			*end = CTL_DONE;
			return false;
		} else {
			print_usage(ctl, stderr);
			return false;
		}
	}
	asked->argc = argc - optind;
	asked->argv = argv + optind;
	if (find_command(ctl, asked))
		return true;
	print_usage(ctl, stderr);
	return false;
}

/* ---- asking ---- */

/* An argument with a space or a control would be another line, or word. */
static bool
build_line(const struct asked *asked, char line[ADMIN_LINE_MAX], size_t *len)
{
	struct writer out;
	struct slice all;

	writer_init_fixed(&out, line, ADMIN_LINE_MAX);
	writer_bytes(&out, slice_of_string(asked->command->words));
	for (int i = 0; i < asked->argc; i++) {
		for (const char *at = asked->argv[i]; *at != '\0'; at++)
			if (*at <= ' ' || *at > '~')
				return false;
		if (asked->argv[i][0] == '\0')
			return false;
		writer_u8(&out, ' ');
		writer_bytes(&out, slice_of_string(asked->argv[i]));
	}
	if (asked->json)
		writer_bytes(&out, slice_of_string(" json"));
	writer_u8(&out, '\n');
	*len = out.len;
	return writer_result(&out, &all);
}

/* A connection, or -1 with errno. It waits no longer than a daemon may. */
static int
call(const char *path)
{
	static const struct timeval most = { ADMIN_ANSWER_S + ADMIN_TALK_S, 0 };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof at.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(at.sun_path, path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0 &&
	    connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* All that the daemon says until it closes. */
static bool
hear(int fd, struct writer *out)
{
	uint8_t some[16384];
	struct slice all;
	ssize_t got;

	while ((got = read(fd, some, sizeof some)) > 0)
		writer_bytes(out, slice_of(some, (size_t)got));
	return got == 0 && writer_result(out, &all);
}

static bool
first_line_is(struct slice all, const char *word, struct slice *rest)
{
	size_t len = strlen(word);

	if (all.len <= len || memcmp(all.data, word, len) != 0 ||
	    all.data[len] != '\n')
		return false;
	*rest = slice_of(all.data + len + 1, all.len - len - 1);
	return true;
}

/* Each reason behind our name. */
static void
print_reasons(const struct ctl *ctl, struct slice reasons)
{
	const uint8_t *end;
	size_t len;

	while (reasons.len > 0) {
		end = memchr(reasons.data, '\n', reasons.len);
		len = end != NULL ? (size_t)(end - reasons.data) : reasons.len;
		fprintf(stderr, "%s: %.*s\n", ctl->name, (int)len,
		    (const char *)reasons.data);
		if (end == NULL)
			break;
		reasons = slice_of(end + 1, reasons.len - len - 1);
	}
}

static int
print_answer(const struct ctl *ctl, const struct asked *asked, struct slice all)
{
	struct slice rest;

	if (first_line_is(all, "refused", &rest)) {
		print_reasons(ctl, rest);
		return CTL_REFUSED;
	}
	if (!first_line_is(all, "ok", &rest))
		return complain(ctl, asked->socket, "closed without an answer");
	if (fwrite(rest.data, 1, rest.len, stdout) != rest.len ||
	    fflush(stdout) != 0)
		return complain(ctl, "standard output", strerror(errno));
	return CTL_DONE;
}

static int
ask(const struct ctl *ctl, const struct asked *asked)
{
	char line[ADMIN_LINE_MAX];
	struct writer answer;
	size_t len;
	int fd, status;

	if (!build_line(asked, line, &len))
		return complain(ctl, asked->command->words,
		    "arguments are words of printable ASCII");
	if ((fd = call(asked->socket)) < 0)
		return complain(ctl, asked->socket, strerror(errno));
	writer_init(&answer, ADMIN_ANSWER_MAX + ADMIN_LINE_MAX);
	if (write(fd, line, len) != (ssize_t)len)
		status = complain(ctl, asked->socket, strerror(errno));
	else if (!hear(fd, &answer))
		status = complain(ctl, asked->socket,
		    errno == EAGAIN ? "no answer in time" : strerror(errno));
	else
		status =
		    print_answer(ctl, asked, slice_of(answer.data, answer.len));
	writer_free(&answer);
	close(fd);
	return status;
}

int
ctl_main(const struct ctl *ctl, int argc, char **argv)
{
	struct asked asked = { .socket = ctl->socket };
	int end;

	signal(SIGPIPE, SIG_IGN);
	if (!read_options(ctl, argc, argv, &asked, &end))
		return end;
	if (asked.command->run != NULL)
		return asked.command->run(asked.argc, asked.argv, asked.json);
	return ask(ctl, &asked);
}
