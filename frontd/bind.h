/*
 * The sockets that frontd's children inherit: one a worker and address, and
 * frontd-page's.
 */
#ifndef FRONTD_BIND_H
#define FRONTD_BIND_H

#include "frontd/master.h"

/*
 * Binds all. An address that another socket has is refused although
 * SO_REUSEPORT would share it with a process of the same account. False after
 * a message on standard error.
 */
must_check bool bind_all(struct master *);

#endif
