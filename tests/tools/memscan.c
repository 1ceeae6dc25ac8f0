/*
 * Looks for a private key in the memory of processes, or for the bytes of a
 * file:
 *
 *	memscan [--expect] [--raw] KEY.pem|FILE PID...
 *
 * Prints "pid N: found WHAT at ADDRESS in MAPPING" or "pid N: nothing". Exits 0
 * when no process has any of it, 1 when one has; with --expect 0 when every one
 * has, 1 when one has not. 2 when it could not look everywhere: then it says
 * nothing of what is there.
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

/*
 * Any NEEDLE_PART bytes of the needle count: malloc writes over the first bytes
 * of a freed block, and who uses a stack next over any. Of a longer piece only
 * the last such bytes are told, with what is equal before them. Matches within
 * the first kept bytes were told with the chunk before.
 */
static void
look_for_part(const struct needle *needle, size_t part, size_t kept, size_t len,
    uint64_t address, pid_t pid, const char *where)
{
	const uint8_t *at = chunk, *end = chunk + len, *next;
	const uint8_t *bytes = needle->bytes + part;
	size_t have, before;

	for (;
	     (at = memmem(at, (size_t)(end - at), bytes, NEEDLE_PART)) != NULL;
	     at = next) {
		next = at + NEEDLE_PART;
		if ((size_t)(next - chunk) <= kept)
			continue;
		if (needle->len - part >= 2 * NEEDLE_PART &&
		    (size_t)(end - next) >= NEEDLE_PART &&
		    memcmp(next, bytes + NEEDLE_PART, NEEDLE_PART) == 0)
			continue;
		before =
		    (size_t)(at - chunk) < part ? (size_t)(at - chunk) : part;
		have = equal_before(at, bytes, before) + NEEDLE_PART;
		printf("pid %d: found %s, %s (%zu of %zu bytes), "
		       "at %" PRIx64 " in %s\n",
		    (int)pid, needle->what,
		    have == needle->len ? "whole" : "part", have, needle->len,
		    address + (uint64_t)(next - chunk) - have, where);
		found++;
	}
}

static void
look_for(const struct needle *needle, size_t kept, size_t len, uint64_t address,
    pid_t pid, const char *where)
{
	size_t part = needle->len % NEEDLE_PART;

	for (; part < needle->len; part += NEEDLE_PART)
		look_for_part(needle, part, kept, len, address, pid, where);
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
		for (size_t i = 0; i < needles.count; i++)
			look_for(&needles.needle[i], kept, kept + want,
			    at - kept, pid, mapping->name);
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

int
main(int argc, char **argv)
{
	bool expect = false, raw = false, whole = true, as_told = true;
	int first = 1;
	pid_t pid;

	for (; first < argc && argv[first][0] == '-'; first++) {
		expect = expect || strcmp(argv[first], "--expect") == 0;
		raw = raw || strcmp(argv[first], "--raw") == 0;
	}
	if (argc < first + 2) {
		fprintf(
		    stderr, "usage: memscan [--expect] [--raw] FILE PID...\n");
		return 2;
	}
	if (!(raw ? needles_read_raw(argv[first], &needles)
		  : needles_read(argv[first], &needles)))
		return 2;
	for (int i = first + 1; i < argc; i++) {
		if ((pid = (pid_t)atol(argv[i])) <= 0) {
			fprintf(stderr, "memscan: \"%s\" is no pid\n", argv[i]);
			return 2;
		}
		found = 0;
		whole = scan(pid) && whole;
		if (found == 0)
			printf("pid %d: nothing\n", (int)pid);
		as_told = as_told && (found > 0) == expect;
	}
	if (!whole)
		return 2;
	return as_told ? 0 : 1;
}
