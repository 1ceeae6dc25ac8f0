/*
 * Errors of system calls that tell of this process, or of the whole system, and
 * of nobody it deals with: descriptors or memory are short. Later it may work.
 */
#ifndef BASE_SHORTAGE_H
#define BASE_SHORTAGE_H

#include <errno.h>
#include <stdbool.h>

static inline bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM;
}

#endif
