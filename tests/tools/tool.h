/*
 * What tlsserver and tlsclient share: files, errors, and the description of a
 * connection that scripts compare. Public interface of libtls only.
 */
#ifndef TESTS_TOOLS_TOOL_H
#define TESTS_TOOLS_TOOL_H

#include <s2n.h>

/* Prints what and the library's last error to stderr, and exits 1. */
_Noreturn void tool_die(const char *what);
/* The same for a failed system call. */
_Noreturn void tool_die_errno(const char *what);
/* The whole file, the caller's, with a NUL after it; dies when it cannot. */
char *tool_read(const char *path, size_t *len);
/* A config with this policy and comma-separated ALPN list (NULL: none). */
struct s2n_config *tool_config(const char *policy, const char *alpn);
/* A public chain with its key, or dies. */
struct s2n_cert_chain_and_key *tool_pair(const char *chain, const char *key);
/* "version TLSv1.3", "suite ...", "group ...": one line each on stdout. */
void tool_describe(struct s2n_connection *);
/* Prints "failed NAME" and, if there was one, "alert N" on stdout. */
void tool_describe_failure(struct s2n_connection *);
/* All of it, over a blocking descriptor. False when the connection failed. */
bool tool_send(struct s2n_connection *, const void *, size_t);
/* A descriptor that does not block, connected to the port of 127.0.0.1; dies
 * when it cannot. */
int tool_connect(uint16_t port);
/* Ends sending, waits for the peer to end too, and closes. */
void tool_close(int fd);

#endif
