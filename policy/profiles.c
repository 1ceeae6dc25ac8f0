/*
 * The profiles: what each process may do. The only file that names a system
 * call; the lists are read as sentences, base first.
 */
#include "policy/profiles.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/profile.h"

#define ON(name, rule, argument, operand)                                      \
	{                                                                      \
		SCMP_SYS(name), #name, rule, argument, operand                 \
	}
#define C(name) ON(name, RULE_NONE, 0, 0)

/* aarch64 has no poll: there libc's is made of ppoll. */
#ifdef __aarch64__
#define POLL                                                                   \
	{                                                                      \
		SCMP_SYS(ppoll), "poll", RULE_NONE, 0, 0                       \
	}
#else
#define POLL C(poll)
#endif

/*
 * What libc and libcrypto do without being asked to, the end, and what the
 * kernel has a process call to go on waiting after it was stopped. New memory
 * is never executable.
 */
#define ALWAYS                                                                 \
	C(futex), C(getpid), C(exit_group), C(rt_sigreturn), C(restart_syscall)
#define NEW_MEMORY ON(mmap, RULE_CLEAR, 2, PROT_EXEC)
#define OLD_MEMORY ON(mprotect, RULE_CLEAR, 2, PROT_EXEC)

/* What malloc and libevent need besides. */
#define LOOP                                                                   \
	ALWAYS, C(getrandom), C(brk), C(munmap), C(madvise), C(mremap),        \
	    C(epoll_wait), C(epoll_pwait), C(epoll_ctl), C(read), C(write),    \
	    C(close), C(clock_gettime), C(recvmsg), C(sendmsg), C(sendmmsg)

/* A descriptor's owner and signal would be a way to signal other processes. */
#define CHILD_LOOP                                                             \
	LOOP, NEW_MEMORY, OLD_MEMORY, ON(fcntl, RULE_CLEAR, 1, F_SETOWN)

/* Sockets that came from elsewhere. */
#define GIVEN_SOCKETS                                                          \
	C(accept4), C(recvfrom), C(sendto), C(writev), C(readv), C(shutdown),  \
	    C(setsockopt), C(getsockopt), C(getsockname), C(getpeername)

/* Packets of the channel, and descriptors with them: neither is waited for. */
#define CHANNEL                                                                \
	ON(recvmsg, RULE_EQUAL, 2, MSG_DONTWAIT | MSG_CMSG_CLOEXEC),           \
	    ON(sendmsg, RULE_EQUAL, 2, MSG_DONTWAIT | MSG_NOSIGNAL)
#define WRITE_LOG ON(write, RULE_BELOW, 0, STDERR_FILENO + 1)

/*
 * Those of keyd that hold a key have all the memory that they will ever have:
 * their arena, and a heap that malloc would like to grow. They read the files
 * they are passed and never wait but in poll.
 */
#define SEALED                                                                 \
	ALWAYS, ON(brk, RULE_REFUSED, 0, 0), ON(mmap, RULE_REFUSED, 0, 0),     \
	    ON(getrandom, RULE_BELOW, 2, GRND_RANDOM), POLL, C(read),          \
	    C(close), CHANNEL

static const struct call signer_calls[] = { SEALED, WRITE_LOG };

/* It writes to the file that it was passed. */
static const struct call maker_calls[] = { SEALED, C(write), C(fdatasync) };

/* It writes to the end of a file: where that is, which lines are there, and
 * that it is on the disk. */
static const struct call audit_calls[] = { SEALED, C(write), C(lseek),
	C(fdatasync) };

/*
 * What a token's library needs besides files to read: files to write, sockets,
 * and what a name service does. No program, no other process, and no thread or
 * code that is not there already.
 */
#define MODULE_CALLS                                                           \
	ON(socket, RULE_BELOW, 0, AF_INET6 + 1), C(connect), C(pwrite64),      \
	    C(fstatfs), C(flock), C(fsync), C(rename), C(renameat),            \
	    C(renameat2), C(mkdir), C(mkdirat), C(rmdir), C(chmod), C(fchmod), \
	    C(fchmodat), C(umask), C(eventfd2), C(exit), C(recvfrom),          \
	    C(sendto), C(writev), C(readv), C(setsockopt), C(getsockname),     \
	    C(getpeername)

static const struct call p11_calls[] = { CHILD_LOOP, POLL, MODULE_CALLS,
	C(getsockopt), C(shutdown), C(socketpair), C(open), C(openat), C(stat),
	C(fstat), C(lstat), C(newfstatat), C(statx), C(lseek), C(pread64),
	C(access), C(faccessat), C(faccessat2), C(readlink), C(readlinkat),
	C(getdents64), C(statfs), C(fdatasync), C(ftruncate), C(unlink),
	C(unlinkat), C(getcwd), C(dup), C(pipe2), C(gettid), C(tgkill),
	C(sched_yield), C(sched_getaffinity), C(nanosleep), C(clock_nanosleep),
	C(uname), C(sysinfo), C(getuid), C(geteuid), C(getgid), C(getegid),
	C(getppid), C(getrlimit), C(prlimit64), C(mlock) };

static const struct call worker_calls[] = { CHILD_LOOP, GIVEN_SOCKETS };

/* To Unix and IP sockets; netlink, packets and the like are above. */
static const struct call connect_calls[] = { CHILD_LOOP, POLL,
	ON(socket, RULE_BELOW, 0, AF_INET6 + 1), C(connect), C(setsockopt),
	C(getsockopt) };

/*
 * To IPv4 and IPv6, for HTTP and for names: the one bit in which the numbers of
 * the two families differ may be set or not, no other. ioctl is libevent's.
 */
static const struct call fetch_calls[] = { CHILD_LOOP,
	ON(socket, RULE_CLEAR, 0, ~(uint64_t)(AF_INET | AF_INET6)), C(connect),
	C(setsockopt), C(getsockopt), C(getpeername), C(sendto), C(recvfrom),
	C(readv), C(writev), C(shutdown), ON(ioctl, RULE_EQUAL, 1, FIONREAD) };

/* It has its channel, and computes. */
static const struct call prove_calls[] = { ALWAYS, C(getrandom), C(brk),
	C(munmap), C(madvise), C(mremap), NEW_MEMORY, OLD_MEMORY, POLL, C(read),
	WRITE_LOG, C(close), C(clock_gettime), CHANNEL };

/* ioctl is libevent's; others type into the terminal that we were given. */
static const struct call page_calls[] = { CHILD_LOOP, C(accept4), C(readv),
	C(writev), C(shutdown), ON(ioctl, RULE_EQUAL, 1, FIONREAD) };

/*
 * A master's filter is its children's too, until they add their own: so it
 * has what they need to start and to seal themselves, with neighbours that
 * another libc would use instead.
 */
#define START_CHILDREN                                                         \
	C(clone), C(clone3), C(fork), C(vfork), C(execveat), C(wait4),         \
	    C(waitid), C(dup), C(dup2), C(dup3), C(close_range), C(pipe),      \
	    C(pipe2), C(prctl), C(arch_prctl), C(set_tid_address),             \
	    C(set_robust_list), C(rseq), C(prlimit64), C(getrlimit),           \
	    C(setrlimit), C(open), C(openat), C(stat), C(fstat), C(lstat),     \
	    C(newfstatat), C(statx), C(lseek), C(pread64), C(access),          \
	    C(faccessat), C(faccessat2), C(readlink), C(readlinkat),           \
	    C(getcwd), C(uname), C(sysinfo), C(getuid), C(geteuid), C(getgid), \
	    C(getegid), C(getppid), C(gettid), C(kill), C(tgkill),             \
	    C(rt_sigaction), C(rt_sigprocmask), C(sigaltstack), C(mmap),       \
	    C(mprotect), C(mlockall), C(mlock), C(sched_getaffinity),          \
	    C(sched_yield), C(clock_nanosleep), C(nanosleep), C(ioctl),        \
	    C(unlink), C(unlinkat), C(getdents64), C(statfs), C(fcntl)

#define SEAL_CHILDREN                                                          \
	C(unshare), C(mount), C(umount2), C(pivot_root), C(chdir),             \
	    C(setgroups), C(setresuid), C(setresgid), C(capset), C(seccomp),   \
	    C(landlock_create_ruleset), C(landlock_restrict_self)

/* Its socket listens before; what it makes are pairs. */
#define KEYD_CALLS                                                             \
	LOOP, C(accept), C(accept4), C(socketpair), C(getsockopt),             \
	    C(shutdown), C(poll), C(ppoll), C(memfd_secret), C(ftruncate),     \
	    C(fdatasync), C(link), C(linkat), START_CHILDREN, SEAL_CHILDREN

static const struct call keyd_calls[] = { KEYD_CALLS };

/* Its children load the libraries of tokens under its filter, before they have
 * their own. */
static const struct call keyd_tokens_calls[] = { KEYD_CALLS, MODULE_CALLS };

static const struct call frontd_calls[] = { LOOP, GIVEN_SOCKETS,
	C(epoll_create1), C(epoll_create), C(socket), C(socketpair), C(connect),
	C(bind), C(listen), C(chmod), C(fchmodat), C(eventfd2), C(poll),
	C(ppoll), C(accept), C(fsync), C(rename), C(renameat), C(renameat2),
	START_CHILDREN, SEAL_CHILDREN };

#define CALLS(list) .calls = (list), .call_count = COUNT(list)

const struct profile keyd_signer_profile = {
	.name = "keyd-signer",
	.user = "_keyd-signer",
	.uid = 61001,
	.empty_root = true,
	.empty_network = true,
	.lock_memory = true,
	.no_files = true,
	.max_files = 512,
	CALLS(signer_calls),
};

const struct profile keyd_maker_profile = {
	.name = "keyd-maker",
	.user = "_keyd-maker",
	.uid = 61009,
	.empty_root = true,
	.empty_network = true,
	.lock_memory = true,
	.no_files = true,
	.max_files = 16,
	CALLS(maker_calls),
};

const struct profile keyd_audit_profile = {
	.name = "keyd-audit",
	.user = "_keyd-audit",
	.uid = 61007,
	.empty_root = true,
	.empty_network = true,
	.lock_memory = true,
	.no_files = true,
	.max_files = 512,
	CALLS(audit_calls),
};

const struct profile keyd_p11_profile = {
	.name = "keyd-p11",
	.user = "_keyd-p11",
	.uid = 61008,
	.max_files = 512,
	CALLS(p11_calls),
};

const struct profile frontd_worker_profile = {
	.name = "frontd-worker",
	.user = "_frontd-worker",
	.uid = 61002,
	.empty_root = true,
	.empty_network = true,
	.no_files = true,
	.max_files = 65536,
	CALLS(worker_calls),
};

const struct profile frontd_connect_profile = {
	.name = "frontd-connect",
	.user = "_frontd-connect",
	.uid = 61003,
	.no_files = true,
	.max_files = 4096,
	CALLS(connect_calls),
};

const struct profile frontd_page_profile = {
	.name = "frontd-page",
	.user = "_frontd-page",
	.uid = 61004,
	.empty_root = true,
	.empty_network = true,
	.no_files = true,
	.max_files = 4096,
	CALLS(page_calls),
};

const struct profile frontd_fetch_profile = {
	.name = "frontd-fetch",
	.user = "_frontd-fetch",
	.uid = 61005,
	.empty_root = true,
	.no_files = true,
	.max_files = 256,
	CALLS(fetch_calls),
};

const struct profile frontd_prove_profile = {
	.name = "frontd-prove",
	.user = "_frontd-prove",
	.uid = 61006,
	.empty_root = true,
	.empty_network = true,
	.no_files = true,
	.max_files = 16,
	CALLS(prove_calls),
};

const struct profile keyd_profile = {
	.name = "keyd",
	.master = true,
	CALLS(keyd_calls),
};

const struct profile keyd_tokens_profile = {
	.name = "keyd-with-tokens",
	.master = true,
	CALLS(keyd_tokens_calls),
};

const struct profile frontd_profile = {
	.name = "frontd",
	.master = true,
	CALLS(frontd_calls),
};

const struct profile *
profiles_at(size_t index)
{
	static const struct profile *const all[] = { &frontd_profile,
		&frontd_worker_profile, &frontd_connect_profile,
		&frontd_page_profile, &frontd_fetch_profile,
		&frontd_prove_profile, &keyd_profile, &keyd_tokens_profile,
		&keyd_signer_profile, &keyd_maker_profile, &keyd_audit_profile,
		&keyd_p11_profile };

	return index < COUNT(all) ? all[index] : NULL;
}
