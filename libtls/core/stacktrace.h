/*
 * Where this thread was when its last error was raised. Off unless asked for:
 * s2n_stack_traces_enabled_set, or S2N_PRINT_STACKTRACE in the environment.
 */
#ifndef LIBTLS_CORE_STACKTRACE_H
#define LIBTLS_CORE_STACKTRACE_H

#define STACKTRACE_MAX 20

struct s2n_stacktrace {
	char **trace; /* one text a frame; the thread's */
	int trace_size;
};

/* Keeps the frames, if it is on; allocates nothing. */
void stacktrace_note(void);
/* Switches it on if the environment says so. */
void stacktrace_init(void);

#endif
