/*
 * The last words of a process that made a forbidden system call: one line that
 * says which. The call was not executed. This runs in what may be somebody
 * else's hands by now, so it uses no heap, no lock, no libc state and no data
 * that could be written to steer it: its stack, its names, three system calls.
 *
 * The kernel blocks SIGSYS while the handler runs. The call it ends with is
 * forbidden to every profile, with SCMP_ACT_KILL_PROCESS: no return from that.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/profile.h"

#define NAME_SIZE 32
#define LINE_SIZE 256

static char names[FORBIDDEN_NUMBERS][NAME_SIZE];
static char process[NAME_SIZE];

struct line {
	char text[LINE_SIZE];
	size_t len;
};

/* At most a name's length: the names may have been overwritten. */
static void
add_text(struct line *line, const char *text)
{
	size_t len = strnlen(text, NAME_SIZE);

	if (len > LINE_SIZE - line->len)
		len = LINE_SIZE - line->len;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void
add_number(struct line *line, unsigned number)
{
	char digits[12];
	size_t at = sizeof digits;

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	add_text(line, digits + at);
}

static void
last_words(int signal, siginfo_t *info, void *context)
{
	/* what stands around process, pid, call and number; short as names */
	static const char *const as_text[] = { "level=error process=", " pid=",
		" event=forbidden-call", " call=", " number=", "\n" };
	static const char *const as_json[] = {
		"{\"level\":\"error\",\"process\":\"",
		"\",\"pid\":", ",\"event\":\"forbidden-call\"", ",\"call\":\"",
		"\",\"number\":", "}\n"
	};
	const char *const *words =
	    log_format() == LOG_FORMAT_JSON ? as_json : as_text;
	unsigned number = (unsigned)info->si_syscall;
	struct line line;

	(void)signal;
	(void)context;
	line.len = 0;
	add_text(&line, words[0]);
	add_text(&line, process);
	add_text(&line, words[1]);
	add_number(&line, (unsigned)syscall(SYS_getpid));
	add_text(&line, words[2]);
	add_text(&line, words[3]);
	add_text(&line, number < FORBIDDEN_NUMBERS ? names[number] : "?");
	add_text(&line, words[4]);
	add_number(&line, number);
	add_text(&line, words[5]);
	syscall(SYS_write, STDERR_FILENO, line.text, line.len);
	for (;;)
		syscall(FORBIDDEN_END, 0xffffffff);
}

void
forbidden_name(int number, const char *name)
{
	size_t len = strnlen(name, NAME_SIZE - 1);

	if (number < 0 || number >= FORBIDDEN_NUMBERS)
		return;
	memcpy(names[number], name, len);
	names[number][len] = '\0';
}

int
forbidden_watch(const struct profile *profile)
{
	struct sigaction action = { .sa_sigaction = last_words,
		.sa_flags = SA_SIGINFO };

	memcpy(
	    process, profile->name, strnlen(profile->name, sizeof process - 1));
	sigfillset(&action.sa_mask);
	return sigaction(SIGSYS, &action, NULL) == 0 ? 0 : -1;
}
