/*
 * A whole file of a bounded length, from a descriptor that somebody else
 * opened.
 */
#ifndef KEYD_READALL_H
#define KEYD_READALL_H

#include "base/slice.h"

/*
 * Reads fd to its end into buffer, for the caller to wipe. Its length; 0 when
 * it is empty, cannot be read, or has room bytes or more.
 */
size_t readall(int fd, uint8_t *buffer, size_t room);

#endif
