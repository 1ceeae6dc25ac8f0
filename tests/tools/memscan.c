/*
 * Looks for a private key in the memory of processes, or for the bytes of a
 * file:
 *
 *	memscan [--expect] [--raw] KEY.pem|FILE PID|PATH...
 *	memscan --copy PATH PID
 *
 * A path, which has a slash, is a file to look in, as a core is. Prints "pid N:
 * found WHAT at ADDRESS in MAPPING" or "pid N: nothing". Exits 0
 * when no process has any of it, 1 when one has; with --expect 0 when every one
 * has, 1 when one has not. 2 when it could not look everywhere: then it says
 * nothing of what is there.
 *
 * With --copy it looks for nothing yet: all that can be read is written to
 *PATH, for later, when what to look for is known.
 *
 * What lies in secret memory nobody can look at, which is tried: then it prints
 * "pid N: SIZE bytes are secret", and that is no reason for 2.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/tools/needles.h"

#define CHUNK (1024 * 1024)
/* A needle that lies across two chunks is whole in the second. */
#define OVERLAP 1024

static struct needles needles;
static uint8_t chunk[OVERLAP + CHUNK];
static unsigned found;
static FILE *copy;

struct mapping {
	uint64_t from, to;
	char rights[8], name[256];
};

static size_t
equal_before(const uint8_t *a, const uint8_t *b, size_t most)
{
	size_t len = 0;

	while (len < most && *(a - 1 - len) == *(b - 1 - len))
		len++;
	return len;
}

/* ---- parts of needles, by their first two bytes ---- */

struct part {
	const struct needle *needle;
	size_t from;
	int next; /* in parts, of those that begin alike; -1: none */
};

static struct part parts[NEEDLES_MAX * (1024 / NEEDLE_PART + 1)];
static int part_count, first_part[1 << 16];

static unsigned
beginning(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static void
sort_parts(void)
{
	memset(first_part, -1, sizeof first_part);
	for (size_t i = 0; i < needles.count; i++) {
		const struct needle *needle = &needles.needle[i];
		size_t from = needle->len % NEEDLE_PART;

		for (; from < needle->len; from += NEEDLE_PART) {
			int *first =
			    &first_part[beginning(needle->bytes + from)];

			parts[part_count] =
			    (struct part){ needle, from, *first };
			*first = part_count++;
		}
	}
}

/*
 * Any NEEDLE_PART bytes of the needle count: malloc writes over the first bytes
 * of a freed block, and who uses a stack next over any. Of a longer piece only
 * the last such bytes are told, with what is equal before them. Matches within
 * the first kept bytes were told with the chunk before.
 */
static void
tell_part(const struct part *part, const uint8_t *at, size_t kept, size_t len,
    uint64_t address, pid_t pid, const char *where)
{
	const struct needle *needle = part->needle;
	const uint8_t *bytes = needle->bytes + part->from;
	const uint8_t *next = at + NEEDLE_PART, *end = chunk + len;
	size_t have, before;

	if ((size_t)(next - chunk) <= kept)
		return;
	if (needle->len - part->from >= (size_t)2 * NEEDLE_PART &&
	    (size_t)(end - next) >= NEEDLE_PART &&
	    memcmp(next, bytes + NEEDLE_PART, NEEDLE_PART) == 0)
		return;
	before = (size_t)(at - chunk) < part->from ? (size_t)(at - chunk)
						   : part->from;
	have = equal_before(at, bytes, before) + NEEDLE_PART;
	printf("pid %d: found %s, %s (%zu of %zu bytes), at %" PRIx64
	       " in %s\n",
	    (int)pid, needle->what, have == needle->len ? "whole" : "part",
	    have, needle->len, address + (uint64_t)(next - chunk) - have,
	    where);
	found++;
}

static void
look(size_t kept, size_t len, uint64_t address, pid_t pid, const char *where)
{
	for (size_t at = 0; at + NEEDLE_PART <= len; at++)
		for (int i = first_part[beginning(chunk + at)]; i >= 0;
		     i = parts[i].next)
			if (memcmp(chunk + at,
				parts[i].needle->bytes + parts[i].from,
				NEEDLE_PART) == 0)
				tell_part(&parts[i], chunk + at, kept, len,
				    address, pid, where);
}

static bool
scan_mapping(int memory, pid_t pid, const struct mapping *mapping)
{
	size_t kept = 0, want;
	ssize_t got;

	for (uint64_t at = mapping->from; at < mapping->to; at += want) {
		want = mapping->to - at < CHUNK ? (size_t)(mapping->to - at)
						: CHUNK;
		got = pread(memory, chunk + kept, want, (off_t)at);
		if (got != (ssize_t)want) {
			fprintf(stderr,
			    "memscan: pid %d: cannot read %" PRIx64 "-%" PRIx64
			    " (%s %s): %s\n",
			    (int)pid, mapping->from, mapping->to,
			    mapping->rights, mapping->name,
			    got < 0 ? strerror(errno) : "short");
			return false;
		}
		if (copy != NULL && fwrite(chunk + kept, 1, want, copy) != want)
			return false;
		look(kept, kept + want, at - kept, pid, mapping->name);
		if (kept + want > OVERLAP) {
			memmove(chunk, chunk + kept + want - OVERLAP, OVERLAP);
			kept = OVERLAP;
		} else {
			kept += want;
		}
	}
	return true;
}

/* The kernel's own pages hold time and code, and cannot all be read. */
static bool
is_kernels(const char *name)
{
	return strncmp(name, "[vvar", 5) == 0 ||
	       strcmp(name, "[vsyscall]") == 0;
}

/* memfd_secret(2): "not even the kernel", so root has no way to it. True: none
 * was found; false: there was one. */
static bool
is_secret(int memory, pid_t pid, const struct mapping *mapping)
{
	struct iovec here = { chunk, 1 };
	struct iovec there = { (void *)(uintptr_t)mapping->from, 1 };

	if (pread(memory, chunk, 1, (off_t)mapping->from) >= 0 ||
	    process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0) {
		fprintf(stderr, "memscan: pid %d: %s can be read\n", (int)pid,
		    mapping->name);
		return false;
	}
	printf("pid %d: %" PRIu64 " bytes are secret\n", (int)pid,
	    mapping->to - mapping->from);
	return true;
}

static bool
next_mapping(FILE *maps, struct mapping *mapping)
{
	char line[8192];

	if (fgets(line, sizeof line, maps) == NULL)
		return false;
	strcpy(mapping->name, "[anonymous]");
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %*s %255[^\n]",
		&mapping->from, &mapping->to, mapping->rights,
		mapping->name) < 3) {
		fprintf(stderr, "memscan: strange map: %s", line);
		exit(2);
	}
	return true;
}

static char
state_of(pid_t pid)
{
	char path[64], state = '?';
	FILE *status;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if ((status = fopen(path, "r")) != NULL) {
		if (fscanf(status, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
		fclose(status);
	}
	return state;
}

/* It stands still while it is read: what shrinks meanwhile cannot be read. */
static void
hold(pid_t pid)
{
	const struct timespec pause = { 0, 1000000 };

	if (kill(pid, SIGSTOP) != 0) {
		fprintf(
		    stderr, "memscan: pid %d: %s\n", (int)pid, strerror(errno));
		exit(2);
	}
	for (int i = 0; i < 5000 && state_of(pid) != 'T'; i++)
		nanosleep(&pause, NULL);
}

/* False: not all could be read. */
static bool
scan(pid_t pid)
{
	char path[64];
	struct mapping mapping;
	bool whole = true;
	unsigned mappings = 0;
	FILE *maps;
	int memory;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (maps == NULL || memory < 0) {
		fprintf(stderr,
		    "memscan: pid %d: %s (it takes root with CAP_SYS_PTRACE)\n",
		    (int)pid, strerror(errno));
		exit(2);
	}
	hold(pid);
	while (next_mapping(maps, &mapping)) {
		if (mapping.rights[0] != 'r' || is_kernels(mapping.name))
			continue;
		mappings++;
		if (strncmp(mapping.name, "/secretmem", 10) == 0)
			whole = is_secret(memory, pid, &mapping) && whole;
		else
			whole = scan_mapping(memory, pid, &mapping) && whole;
	}
	kill(pid, SIGCONT);
	if (mappings == 0)
		fprintf(stderr, "memscan: pid %d: nothing mapped: a zombie?\n",
		    (int)pid);
	fclose(maps);
	close(memory);
	return whole && mappings > 0;
}

/* As if it were mapped where it begins. */
static bool
scan_file(const char *path)
{
	struct mapping whole = { 0 };
	struct stat about;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool done = false;

	if (file < 0 || fstat(file, &about) != 0 || about.st_size == 0) {
		fprintf(stderr, "memscan: %s: %s\n", path,
		    file < 0 ? strerror(errno) : "empty");
	} else {
		snprintf(whole.name, sizeof whole.name, "%s", path);
		whole.to = (uint64_t)about.st_size;
		done = scan_mapping(file, 0, &whole);
	}
	if (file >= 0)
		close(file);
	return done;
}

int
main(int argc, char **argv)
{
	bool expect = false, raw = false, copying = false, whole = true,
	     as_told = true;
	int first = 1;
	pid_t pid;

	for (; first < argc && argv[first][0] == '-'; first++) {
		expect = expect || strcmp(argv[first], "--expect") == 0;
		raw = raw || strcmp(argv[first], "--raw") == 0;
		copying = copying || strcmp(argv[first], "--copy") == 0;
	}
	if (argc < first + 2) {
		fprintf(stderr,
		    "usage: memscan [--expect] [--raw] FILE PID|PATH...\n"
		    "       memscan --copy PATH PID\n");
		return 2;
	}
	if (copying) {
		sort_parts();
		if ((copy = fopen(argv[first], "w")) == NULL)
			return 2;
		whole = scan((pid_t)atol(argv[first + 1]));
		return fclose(copy) == 0 && whole ? 0 : 2;
	}
	if (!(raw ? needles_read_raw(argv[first], &needles)
		  : needles_read(argv[first], &needles)))
		return 2;
	sort_parts();
	for (int i = first + 1; i < argc; i++) {
		found = 0;
		if (strchr(argv[i], '/') != NULL) {
			whole = scan_file(argv[i]) && whole;
			if (found == 0)
				printf("%s: nothing\n", argv[i]);
			as_told = as_told && (found > 0) == expect;
			continue;
		}
		if ((pid = (pid_t)atol(argv[i])) <= 0) {
			fprintf(stderr, "memscan: \"%s\" is no pid\n", argv[i]);
			return 2;
		}
		whole = scan(pid) && whole;
		if (found == 0)
			printf("pid %d: nothing\n", (int)pid);
		as_told = as_told && (found > 0) == expect;
	}
	if (!whole)
		return 2;
	return as_told ? 0 : 1;
}
