/*
 * Reading a whole file; the contract is in readall.h.
 */
#include "keyd/readall.h"

#include <errno.h>
#include <unistd.h>

size_t
readall(int fd, uint8_t *buffer, size_t room)
{
	size_t len = 0;
	ssize_t got;

	while (len < room) {
		got = read(fd, buffer + len, room - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return 0;
		if (got == 0)
			return len;
		len += (size_t)got;
	}
	return 0;
}
