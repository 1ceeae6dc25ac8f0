/*
 * The demo page; the contract is in page.h. A template's marks are rows of one
 * table, and every value goes through one of two functions that escape it.
 */
#include "frontd/page.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "frontd/page_text.h"

#define FRONT "frontd-worker"
#define SIGNER "keyd-signer"
#define SECCOMP_STRICT 1
#define SECCOMP_FILTER 2

/* What the marks of a template are filled from. */
struct view {
	const struct page_facts *facts;
	const struct keyproto_process *process; /* in a row */
};

struct mark_row {
	const char *name;
	void (*put)(struct writer *, const struct view *);
	size_t fact; /* if put is NULL: the text in struct proxy_info */
};

static const struct {
	uint32_t bit;
	const char *word;
} namespaces[] = {
	{ CLONE_NEWNET, "net" },
	{ CLONE_NEWNS, "mnt" },
	{ CLONE_NEWIPC, "ipc" },
	{ CLONE_NEWUTS, "uts" },
	{ CLONE_NEWUSER, "user" },
	{ CLONE_NEWPID, "pid" },
};

/* ---- escaping ---- */

static void
put(struct writer *out, const char *markup)
{
	writer_bytes(out, slice_of_string(markup));
}

static void __attribute__((format(printf, 2, 3)))
put_format(struct writer *out, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put(out, text);
}

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/*
 * Of values only printable ASCII is shown as it is: names of hosts, protocols
 * and suites are nothing else, and no byte can then hide or turn its
 * neighbours. The rest becomes \xHH.
 */
static void
put_text(struct writer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (!is_plain(c))
			put_format(out, "\\x%02x", c);
		else if (strchr("<>&\"'", c) != NULL)
			put_format(out, "&#%u;", c);
		else
			writer_u8(out, c);
	}
}

/* A JSON string; null when empty. Bytes beyond ASCII become \u00HH. */
static void
put_string(struct writer *out, const char *text)
{
	if (text[0] == '\0') {
		put(out, "null");
		return;
	}
	put(out, "\"");
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (!is_plain(c) || strchr("<>&\"\\", c) != NULL)
			put_format(out, "\\u%04x", c);
		else
			writer_u8(out, c);
	}
	put(out, "\"");
}

/* ---- the marks ---- */

static void
put_fact(struct writer *out, const char *fact)
{
	if (fact[0] == '\0')
		put(out, "<span class=\"unknown\">-</span>");
	else
		put_text(out, fact);
}

static void
put_style(struct writer *out, const struct view *view)
{
	(void)view;
	put(out, page_text_style);
}

static void
put_style_narrow(struct writer *out, const struct view *view)
{
	(void)view;
	put(out, page_text_narrow);
}

static void
put_release(struct writer *out, const struct view *view)
{
	(void)view;
	put_text(out, SALLYPORT_VERSION);
}

static void
put_key_count(struct writer *out, uint32_t keys)
{
	if (keys == 0)
		put(out, "no key");
	else
		put_format(out, "%u key%s", keys, keys == 1 ? "" : "s");
}

/* Of all processes of that name; false if there is none. */
static bool
count_keys(const struct page_facts *facts, const char *name, uint32_t *keys)
{
	bool found = false;

	*keys = 0;
	for (size_t i = 0; i < facts->count; i++) {
		if (strcmp(facts->processes[i].name, name) != 0)
			continue;
		found = true;
		*keys += facts->processes[i].keys;
	}
	return found;
}

static void
put_front_keys(struct writer *out, const struct view *view)
{
	uint32_t keys;

	(void)count_keys(view->facts, FRONT, &keys);
	put_key_count(out, keys);
}

static void
put_signer_keys(struct writer *out, const struct view *view)
{
	uint32_t keys;

	if (count_keys(view->facts, SIGNER, &keys))
		put_key_count(out, keys);
	else
		put(out, "the keys");
}

static void
put_verdict(struct writer *out, const struct view *view)
{
	uint32_t keys;

	if (!count_keys(view->facts, FRONT, &keys))
		put(out, "The process facing you has not been reported yet.");
	else if (keys == 0)
		put(out, "<code>" FRONT "</code>, the process facing you, "
			 "holds <strong>none</strong>.");
	else
		put(out, "<code>" FRONT "</code>, the process facing you, "
			 "<strong>holds a key: it must not.</strong>");
}

/*
 * What keyd-signer gave: below TLS 1.3, and with a suite that has no Diffie-
 * Hellman (RFC 5246 7.4.7.1), it decrypted.
 */
static void
put_given(struct writer *out, const struct view *view)
{
	const char *cipher = view->facts->tls->cipher;
	bool decrypted = cipher[0] != '\0' && strncmp(cipher, "TLS_", 4) != 0 &&
			 strstr(cipher, "DHE-") == NULL;

	put(out, decrypted ? "premaster secrets only" : "signatures only");
}

static void
put_held(struct writer *out, const struct view *view)
{
	if (view->process->keys > 0)
		put(out, " class=\"held\"");
}

static void
put_process(struct writer *out, const struct view *view)
{
	put_text(out, view->process->name);
}

static void
put_pid(struct writer *out, const struct view *view)
{
	put_format(out, "%u", view->process->pid);
}

static void
put_uid(struct writer *out, const struct view *view)
{
	put_format(out, "%u", view->process->uid);
}

static void
put_seccomp(struct writer *out, const struct view *view)
{
	uint32_t mode = view->process->seccomp;

	put_format(out, "%u %s", mode,
	    mode == SECCOMP_FILTER   ? "filter"
	    : mode == SECCOMP_STRICT ? "strict"
	    : mode == 0              ? "none"
				     : "unknown");
}

static void
put_namespaces(struct writer *out, const struct view *view)
{
	const char *between = "";

	for (size_t i = 0; i < COUNT(namespaces); i++) {
		if ((view->process->namespaces & namespaces[i].bit) == 0)
			continue;
		put_format(out, "%s%s", between, namespaces[i].word);
		between = " ";
	}
	if (between[0] == '\0')
		put_fact(out, "");
}

static void
put_keys(struct writer *out, const struct view *view)
{
	if (view->process->keys == 0) {
		put(out, "<span class=\"unknown\">no key</span>");
		return;
	}
	put(out,
	    "<span><svg width=\"15\" height=\"15\" viewBox=\"0 0 16 16\" "
	    "aria-hidden=\"true\"><path d=\"M9 6.5a3.5 3.5 0 1 1-7 0 3.5 3.5 "
	    "0 0 1 7 0m-1 2.5 6 6m-2-2 2-2\"/></svg>");
	put_key_count(out, view->process->keys);
	put(out, "</span>");
}

static void put_processes(struct writer *, const struct view *);

static const struct mark_row marks[] = {
	{ "alpn", NULL, offsetof(struct proxy_info, alpn) },
	{ "cipher", NULL, offsetof(struct proxy_info, cipher) },
	{ "front-keys", put_front_keys, 0 },
	{ "given", put_given, 0 },
	{ "group", NULL, offsetof(struct proxy_info, group) },
	{ "held", put_held, 0 },
	{ "keys", put_keys, 0 },
	{ "name", NULL, offsetof(struct proxy_info, name) },
	{ "namespaces", put_namespaces, 0 },
	{ "pid", put_pid, 0 },
	{ "policy", NULL, offsetof(struct proxy_info, policy) },
	{ "process", put_process, 0 },
	{ "processes", put_processes, 0 },
	{ "release", put_release, 0 },
	{ "scheme", NULL, offsetof(struct proxy_info, scheme) },
	{ "seccomp", put_seccomp, 0 },
	{ "signer-keys", put_signer_keys, 0 },
	{ "style", put_style, 0 },
	{ "style-narrow", put_style_narrow, 0 },
	{ "uid", put_uid, 0 },
	{ "verdict", put_verdict, 0 },
	{ "version", NULL, offsetof(struct proxy_info, version) },
};

/* A mark that is not in the table makes the page fail, so tests find it. */
static void
fill(struct writer *out, const char *template, const struct view *view)
{
	const char *open, *close;
	size_t i;

	while ((open = strchr(template, '{')) != NULL &&
	       (close = strchr(open, '}')) != NULL) {
		struct slice name =
		    slice_of(open + 1, (size_t)(close - open - 1));

		writer_bytes(
		    out, slice_of(template, (size_t)(open - template)));
		for (i = 0; i < COUNT(marks); i++)
			if (slice_equal(slice_of_string(marks[i].name), name))
				break;
		if (i == COUNT(marks)) {
			writer_fail(out);
			return;
		}
		if (marks[i].put != NULL)
			marks[i].put(out, view);
		else
			put_fact(out,
			    (const char *)view->facts->tls + marks[i].fact);
		template = close + 1;
	}
	put(out, template);
}

static void
put_processes(struct writer *out, const struct view *view)
{
	struct view row = *view;

	for (size_t i = 0; i < view->facts->count; i++) {
		row.process = &view->facts->processes[i];
		fill(out, page_text_process, &row);
	}
	if (view->facts->count == 0)
		put(out, "<tr role=\"row\"><td role=\"cell\" colspan=\"6\">"
			 "No process has been reported yet.</td></tr>\n");
}

void
page_html(struct writer *out, const struct page_facts *facts)
{
	const struct view view = { facts, NULL };

	fill(out, page_text_html, &view);
}

/* ---- JSON ---- */

static void
put_json_process(struct writer *out, const struct keyproto_process *process)
{
	const char *between = "";

	put(out, "{\"name\":");
	put_string(out, process->name);
	put_format(out, ",\"pid\":%u,\"uid\":%u,\"seccomp\":%u", process->pid,
	    process->uid, process->seccomp);
	put(out, ",\"namespaces\":[");
	for (size_t i = 0; i < COUNT(namespaces); i++) {
		if ((process->namespaces & namespaces[i].bit) == 0)
			continue;
		put_format(out, "%s\"%s\"", between, namespaces[i].word);
		between = ",";
	}
	put_format(out, "],\"keys\":%u}", process->keys);
}

void
page_json(struct writer *out, const struct page_facts *facts)
{
	const struct {
		const char *before, *value;
	} connection[] = {
		{ "{\"connection\":{\"version\":", facts->tls->version },
		{ ",\"cipher\":", facts->tls->cipher },
		{ ",\"group\":", facts->tls->group },
		{ ",\"scheme\":", facts->tls->scheme },
		{ ",\"name\":", facts->tls->name },
		{ ",\"alpn\":", facts->tls->alpn },
		{ ",\"policy\":", facts->tls->policy },
	};

	for (size_t i = 0; i < COUNT(connection); i++) {
		put(out, connection[i].before);
		put_string(out, connection[i].value);
	}
	put(out, "},\"processes\":[");
	for (size_t i = 0; i < facts->count; i++) {
		put(out, i == 0 ? "\n" : ",\n");
		put_json_process(out, &facts->processes[i]);
	}
	put(out, "]}\n");
}

static bool
put_hash(struct writer *out, const char *style)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char base64[48];

	if (EVP_Digest(
		style, strlen(style), digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	EVP_EncodeBlock((unsigned char *)base64, digest, sizeof digest);
	put_format(out, " 'sha256-%s'", base64);
	return true;
}

bool
page_policy(char out[PAGE_POLICY_MAX])
{
	struct writer policy;

	writer_init_fixed(&policy, out, PAGE_POLICY_MAX);
	put(&policy, "default-src 'none'; style-src");
	if (!put_hash(&policy, page_text_style) ||
	    !put_hash(&policy, page_text_narrow))
		return false;
	put(&policy, "; img-src data:; base-uri 'none'; form-action 'none'; "
		     "frame-ancestors 'none'");
	writer_u8(&policy, '\0');
	return !policy.failed;
}
