/*
 * Which site has a name: the names of all sites, sorted once and searched for
 * every client. As a certificate's names are matched, a leading "*." stands for
 * exactly one label (RFC 6125 6.4.3), and letters are without regard to case.
 */
#ifndef FRONTD_LOOKUP_H
#define FRONTD_LOOKUP_H

#include "base/slice.h"

#define LOOKUP_NONE (-1)

struct lookup_name {
	struct slice name; /* borrowed; perhaps with "*." before it */
	uint16_t site;
};

/* Zeroed means no name. */
struct lookup {
	struct lookup_name *names;
	size_t count, room;
};

/* Adds a site's names, a list as names.h has it, which stays where it is.
 * False when out of memory. */
must_check bool lookup_add(struct lookup *, struct slice names, uint16_t site);
/* All have been added. */
void lookup_sort(struct lookup *);
void lookup_free(struct lookup *);

/*
 * The number of the site with the name that a client asks for: of those with
 * the very name the first, else of those with a wildcard for it; LOOKUP_NONE. A
 * dot at the end is not the name's (RFC 6066 3 has it without).
 */
int lookup_find(const struct lookup *, const char *name);
/* The first that has this name, a wildcard being no more than its characters.
 */
int lookup_owner(const struct lookup *, struct slice name);

#endif
