/*
 * The demo page and its JSON twin: what protects a connection, and which
 * processes run. Facts in, escaped text out; it knows no sockets and no HTTP.
 */
#ifndef FRONTD_PAGE_H
#define FRONTD_PAGE_H

#include "base/writer.h"
#include "frontd/proxy.h"
#include "ipc/keyproto.h"

/* More than the longest page there can be. */
#define PAGE_MAX ((size_t)256 * 1024)
#define PAGE_POLICY_MAX 320

/* All borrowed. */
struct page_facts {
	const struct proxy_info *tls;
	const struct keyproto_process *processes;
	size_t count;
};

void page_html(struct writer *, const struct page_facts *);
void page_json(struct writer *, const struct page_facts *);

/*
 * The page's Content-Security-Policy, which allows its own style sheets by
 * hash and nothing else. False when libcrypto cannot hash.
 */
must_check bool page_policy(char out[PAGE_POLICY_MAX]);

#endif
