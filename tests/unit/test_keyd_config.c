/*
 * keyd/config.c: what keyd.conf comes to, what each error says, and which key
 * files are opened.
 */
#include "keyd/config.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char directory[64], file[96], said[2048];
static struct config config;

static void
set_up(void)
{
	strcpy(directory, "/tmp/keyd-config.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(file, sizeof file, "%s/keyd.conf", directory);
}

/* Whatever a test left there stands in the directory itself. */
static void
tear_down(void)
{
	static const char *const left[] = { "keyd.conf", "key.pem", "other.pem",
		"link.pem", "pipe.pem" };
	char path[128];

	config_free(&config);
	for (size_t i = 0; i < COUNT(left); i++) {
		snprintf(path, sizeof path, "%s/%s", directory, left[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(directory), 0);
}

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* Standard error goes to a file, from which what was said is taken. */
static int saved_error;

static void
listen_to_errors(void)
{
	FILE *heard = tmpfile();

	ck_assert_ptr_nonnull(heard);
	fflush(stderr);
	saved_error = dup(STDERR_FILENO);
	dup2(fileno(heard), STDERR_FILENO);
	fclose(heard);
}

static void
take_errors(void)
{
	ssize_t len;

	fflush(stderr);
	len = pread(STDERR_FILENO, said, sizeof said - 1, 0);
	dup2(saved_error, STDERR_FILENO);
	close(saved_error);
	ck_assert_int_ge(len, 0);
	said[len] = '\0';
}

static bool
read_text(const char *text)
{
	bool done;

	write_file(file, text);
	config_free(&config);
	listen_to_errors();
	done = config_read(file, &config, NULL);
	take_errors();
	return done;
}

#define KEY "key \"k\" { file = \"key.pem\" }"
#define GROUP "signer-group \"g\" { " KEY " }\n"
#define LONG38 "0123456789abcdef0123456789abcdef012345"
#define LONG64                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *text;
	int line;
	const char *reason;
} errors[] = {
	{ GROUP "colour = red\n", 2, "no such option 'colour'" },
	{ "\n\nsigner-group \"g\" {\n" KEY "\nkye \"l\" { }\n}\n", 5,
	    "no such option 'kye'" },
	{ "signer-group \"g\" { key \"k\" { fiel = \"x\" } }\n", 1,
	    "no such option 'fiel'" },
	{ GROUP "client \"c\" { keys = { \"k\" } secret = 1 }", 2,
	    "no such option 'secret'" },
	{ "signer-group \"g\" {\n" KEY "\n" KEY "\n}\n", 3,
	    "duplicate title 'k'" },
	{ GROUP "signer-group \"h\" {\n" KEY "\n}\n", 3, "second key \"k\"" },
	{ GROUP GROUP, 2, "duplicate title 'g'" },
	{ GROUP "client \"c\" { uid = 5 }\nclient \"c\" { uid = 6 }", 3,
	    "duplicate title 'c'" },
	{ GROUP "client \"c\" { uid = 5 }\nclient \"d\" { uid = 5 }", 3,
	    "uid 5 is client \"c\" already" },
	{ GROUP "client \"c\" { uid = 5 role = client }\n"
		"client \"d\" { uid = 5 }\n"
		"client \"e\" { uid = 5 role = client }",
	    4, "uid 5 is client \"c\" already" },
	{ "signer-group \"g\" {\n key \"k\" { }\n}\n", 2, "file is missing" },
	{ "signer-group \"g\" {\n key \"k\" { file = \"\" }\n}\n", 2,
	    "file is missing" },
	{ "signer-group \"g\" {\n key \"\" { file = \"x\" }\n}\n", 2,
	    "a name is 1 to 63" },
	{ "signer-group \"" LONG64 "\" { " KEY " }\n", 1, "a name is 1 to 63" },
	{ "signer-group \"a b\" { " KEY " }\n", 1, "a name is 1 to 63" },
	{ "signer-group \"g\" { key \"k\n\" { file = \"x\" } }\n", 2,
	    "a name is 1 to 63" },
	{ "signer-group \"g\" { key \"k\" { file = \"x\" "
	  "operations = { sign13, decrypt } } }\n",
	    1, "unknown operation \"decrypt\"" },
	{ GROUP "\nclient \"c\" { keys = { \"k\", \"nokey\" } }\n", 3,
	    "no key \"nokey\"" },
	{ GROUP "client \"c\" { role = both }\n", 2,
	    "role is server, client or digest" },
	{ GROUP "client \"c\" { uid = \"no-such-account\" }\n", 2,
	    "no account \"no-such-account\"" },
	{ GROUP "client \"c\" { uid = \"4294967295\" }\n", 2, "no account" },
	{ GROUP "client \"c\" { uid = \"-1\" }\n", 2, "no account" },
	{ GROUP "client \"c\" { uid = \"\" }\n", 2, "no account" },
	{ GROUP "socket = \"/" LONG64 LONG64 "\"\n", 2, "1 to 107 bytes" },
	{ GROUP "socket = \"\"\n", 2, "1 to 107 bytes" },
	{ GROUP "socket = \"/" LONG64 LONG38 "\"\n", 2, "too long a path" },
	{ GROUP "\nadmin-socket = \"/" LONG64 LONG64 "\"\n", 3,
	    "too long a path" },
	{ GROUP "socket = \"/x\"\nadmin-socket = \"/x\"\n", 3,
	    "the sockets are two" },
	{ GROUP "\nadmin-readers = { 5, \"no-such-account\" }\n", 3,
	    "no account \"no-such-account\"" },
	{ GROUP "admin-readers = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }\n", 2,
	    "more than 8 accounts" },
	{ GROUP "sandbox = maybe\n", 2, "sandbox is require or best-effort" },
	{ GROUP "log-format = \"\"\n", 2, "log-format is text or json" },
	{ GROUP "tickets {\n lifetime = 6\n}\n", 3, "lifetime is a time" },
	{ GROUP "tickets {\n rotate = \"999ms\"\n\n}\n", 3,
	    "rotate is 1s or longer" },
	{ GROUP "tickets { rotate = 2h lifetime = 1h }\n", 2,
	    "once to 40 times" },
	{ GROUP "tickets { rotate = 10s lifetime = 401s }\n", 2,
	    "once to 40 times" },
	{ GROUP "tickets { lifetime = 25h }\n", 2, "1ms to 24h" },
	{ GROUP "tickets { root = \"\" }\n", 2, "root is missing" },
	{ GROUP "tickets { file = \"x\" }\n", 2, "no such option 'file'" },
	{ GROUP "client \"c\" { tickets = maybe }\n", 2, "" },
	{ GROUP "client \"c\" { rate = 0 }\n", 2, "from 1 to 1000000" },
	{ GROUP "client \"c\" {\n burst = 5\n}\n", 4, "burst is of a rate" },
	{ "signer-group \"g\" { key \"k\" { file = x rate = 9999999 } }\n", 1,
	    "from 1 to 1000000" },
	{ "signer-group g {\n key k { pkcs11 = \"pkcs11:token=t;object=o\" } }",
	    2, "the group has no module" },
	{ "signer-group g {\n module = m\n}", 2, "no module \"m\"" },
	{ "module m { path = m.so }\nsigner-group g { module = m\n"
	  " key k { file = x } }",
	    3, "in a token" },
	{ "module m { path = m.so }\nsigner-group g { module = m\n"
	  " key k { pkcs11 = \"pkcs11:object=o\" } }",
	    3, "a token is needed" },
	{ "module m {\n environment = x path = m.so }\n", 2, "NAME=value" },
	{ "signer-group g {\n key k { file = x\n generate = dsa\n } }", 3,
	    "not \"dsa\"" },
	{ "module m { path = m.so }\nsigner-group g { module = m\n"
	  " key k { pkcs11 = \"pkcs11:token=t;object=o\"\n"
	  " generate = ed25519 } }",
	    4, "keys in tokens are made by" },
	{ "signer-group g {\n key k { file = x\n request { }\n } }", 3,
	    "has a subject or names" },
	{ "signer-group g {\n key k { file = x request {\n"
	  " subject = \"www\"\n } } }",
	    3, "\"www\" is no subject: it is ATTRIBUTE=value" },
	{ "signer-group g {\n key k { file = x request {\n"
	  " names = { \"a.example\", \"*\" }\n } } }",
	    3, "\"*\": neither a host's name" },
	{ "signer-group g {\n key k { file = x request {\n"
	  " challenge = x\n } } }",
	    3, "no such option 'challenge'" },
	{ "module m { path = m.so }\nsigner-group g { module = m\n"
	  " key k { pkcs11 = \"pkcs11:token=t;object=o\"\n"
	  " allow-digest = true } }",
	    4, "not for keys in tokens" },
	{ "signer-group g { key k { file = x operations = {\n"
	  " signdigest } } }",
	    2, "unknown operation \"signdigest\"" },
	{ GROUP "client c { role = digest\n keys = { k } }", 3,
	    "key \"k\" has no allow-digest" },
	{ GROUP "client c { uid = 5 }\nclient d { role = digest\n uid = 5 }", 4,
	    "uid 5 is client \"c\" already" },
	{ GROUP "audit {\n key = k\n}\n", 4, "file" },
	{ GROUP "audit {\n file = f\n}\n", 4, "key" },
	{ GROUP "audit {\n file = f key = k\n on-full = wait\n}\n", 4,
	    "on-full is stop or count" },
	{ GROUP "audit {\n checkpoint = 0\n}\n", 3, "" },
	{ "socket = \"/x\"\n", 1, "no key is configured" },
	{ "", 1, "no key is configured" },
	{ GROUP "client \"c\" {\n\n role = both\n uid = 0\n}\n", 4,
	    "role is server, client or digest" },
	{ GROUP "client \"c\" {\n\n keys = { \"z\" }\n uid = 0\n}\n", 4,
	    "no key \"z\"" },
	{ GROUP "client \"c\" {\n", 2, "the file ends before client does" },
	{ "signer-group \"g\" {\n" KEY "\n", 2, "ends before signer-group" },
	{ "signer-group \"g\" {\n key \"k\" { file = x\n", 2,
	    "ends before key" },
	{ GROUP "/* client \"c\" { }\n", 2, "ends inside a comment" },
	{ GROUP "client \"c\" { role\n", 2, "" },
	{ GROUP "client \"c\" { role = \n", 2, "" },
	{ GROUP "client { }\n", 2, "" },
	{ GROUP "}\n", 2, "" },
	{ "signer-group \"g\" { key \"k\" { file = \"x\n", 1, "" },
};

static const struct {
	const char *word;
	uint16_t algorithm, bits;
} generated[] = {
	{ "rsa-2048", KEYPROTO_RSA, 2048 },
	{ "rsa-3072", KEYPROTO_RSA, 3072 },
	{ "rsa-4096", KEYPROTO_RSA, 4096 },
	{ "rsa-8192", KEYPROTO_RSA, 8192 },
	{ "ecdsa-p256", KEYPROTO_EC, 256 },
	{ "ecdsa-p384", KEYPROTO_EC, 384 },
	{ "ecdsa-p521", KEYPROTO_EC, 521 },
	{ "ed25519", KEYPROTO_ED25519, 256 },
};

START_TEST(a_key_may_be_made_and_have_a_request)
{
	uint8_t payload[CSR_SUBJECT_MAX + CSR_NAMES_MAX];
	const struct config_key *key;
	struct keyproto_request what;
	char text[256];
	size_t len;

	snprintf(text, sizeof text,
	    "signer-group g { key k { file = x generate = %s } key l { file = "
	    "y request { subject = \"CN=x\" names = { \"y\" } } } }",
	    generated[_i].word);
	ck_assert_msg(read_text(text), "%s", said);
	key = config_key_named(&config, "k");
	ck_assert_ptr_eq(key, &config.keys[0]);
	ck_assert_uint_eq(key->generate.algorithm, generated[_i].algorithm);
	ck_assert_uint_eq(key->generate.bits, generated[_i].bits);
	ck_assert(!config_has_request(key));
	key = config_key_named(&config, "l");
	ck_assert_uint_eq(key->generate.algorithm, 0);
	ck_assert(config_has_request(key));
	len = config_request(key, payload, sizeof payload);
	ck_assert(keyproto_request_parse(slice_of(payload, len), &what));
	ck_assert_uint_eq(what.slot, 1);
	ck_assert_uint_eq(what.subject.len, key->request->subject_len);
	ck_assert_uint_eq(what.names.len, key->request->names_len);
	ck_assert_ptr_null(config_key_named(&config, "m"));
}
END_TEST

START_TEST(every_error_names_file_and_line_and_reason)
{
	char place[128];

	ck_assert_msg(!read_text(errors[_i].text), "%s", errors[_i].text);
	snprintf(place, sizeof place, "%s:%d: ", file, errors[_i].line);
	ck_assert_msg(strncmp(said, place, strlen(place)) == 0,
	    "%s: not at line %d: %s", errors[_i].text, errors[_i].line, said);
	ck_assert_msg(strstr(said, errors[_i].reason) != NULL, "%s: said %s",
	    errors[_i].text, said);
	/* One line, whole. */
	ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s: %s",
	    errors[_i].text, said);
}
END_TEST

static const struct {
	const char *text, *admin;
} admin_cases[] = {
	{ GROUP, "/run/sallyport/keyd-admin.sock" },
	{ GROUP "socket = \"/a/b.sock\"", "/a/b-admin.sock" },
	{ GROUP "socket = \"/a.sock/b\"", "/a.sock/b-admin" },
	{ GROUP "socket = b.sock", "b-admin.sock" },
	{ GROUP "socket = \".sock\"", ".sock-admin" },
	{ GROUP "socket = \"/" LONG64 "\"", "/" LONG64 "-admin" },
	{ GROUP "socket = \"/a.sock\" admin-socket = \"/b\"", "/b" },
	{ GROUP "admin-socket = \"\"", "" },
};

START_TEST(the_socket_of_the_administration_is_beside_the_other)
{
	ck_assert_msg(read_text(admin_cases[_i].text), "%s", said);
	ck_assert_str_eq(config.admin_socket, admin_cases[_i].admin);
}
END_TEST

START_TEST(sandbox_and_readers_are_as_said)
{
	ck_assert_msg(read_text(GROUP), "%s", said);
	ck_assert_int_eq(config.strictness, SANDBOX_BEST_EFFORT);
	ck_assert_uint_eq(config.reader_count, 0);
	ck_assert_msg(read_text(GROUP "sandbox = best-effort"), "%s", said);
	ck_assert_int_eq(config.strictness, SANDBOX_BEST_EFFORT);
	ck_assert_msg(read_text(GROUP "sandbox = require\n"
				      "admin-readers = { \"root\", 4711 }"),
	    "%s", said);
	ck_assert_int_eq(config.strictness, SANDBOX_REQUIRE);
	ck_assert_uint_eq(config.reader_count, 2);
	ck_assert_uint_eq(config.readers[0], 0);
	ck_assert_uint_eq(config.readers[1], 4711);
}
END_TEST

START_TEST(a_missing_configuration_is_named)
{
	listen_to_errors();
	ck_assert(!config_read(file, &config, NULL));
	take_errors();
	ck_assert_ptr_nonnull(strstr(said, file));
	ck_assert_ptr_nonnull(strstr(said, "No such file"));
}
END_TEST

START_TEST(a_directory_is_no_configuration)
{
	listen_to_errors();
	ck_assert(!config_read(directory, &config, NULL));
	take_errors();
	ck_assert_ptr_nonnull(strstr(said, directory));
}
END_TEST

START_TEST(a_good_configuration_fills_the_struct)
{
	char path[128];

	ck_assert_msg(
	    read_text(
		"# keys\n"
		"socket = \"/run/x.sock\"\n"
		"signer-group \"public\" {\n"
		"  key \"www\" { file = \"www.key\" "
		"operations = { sign13 } }\n"
		"  key \"api\" { file = \"/etc/api.key\" }\n"
		"}\n"
		"signer-group \"inner\" { key \"db\" { file = db.key } }\n"
		"client \"frontd\" { uid = \"0\" "
		"keys = { \"www\", \"db\" } }\n"
		"client \"probe\" { uid = 77 role = client }\n"),
	    "%s", said);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(config.socket, "/run/x.sock");
	ck_assert_uint_eq(config.group_count, 2);
	ck_assert_str_eq(config.groups[0], "public");
	ck_assert_str_eq(config.groups[1], "inner");
	ck_assert_uint_eq(config.key_count, 3);
	ck_assert_str_eq(config.keys[0].name, "www");
	snprintf(path, sizeof path, "%s/www.key", directory);
	ck_assert_str_eq(config.keys[0].path, path);
	ck_assert_str_eq(config.keys[1].path, "/etc/api.key");
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(config.keys[i].operations,
		    i == 0 ? 1u << KEYPROTO_SIGN13
			   : 1u << KEYPROTO_SIGN13 | 1u << KEYPROTO_SIGN12);
		ck_assert_uint_eq(config.keys[i].group, i == 2);
		ck_assert_uint_eq(config.keys[i].slot, i == 1);
	}
	ck_assert_uint_eq(config.client_count, 2);
	ck_assert_str_eq(config.clients[0].name, "frontd");
	ck_assert_uint_eq(config.clients[0].uid, 0);
	ck_assert_uint_eq(config.clients[0].role, KEYPROTO_SERVER);
	ck_assert_uint_eq(config.clients[0].keys[0], 1);
	ck_assert_uint_eq(config.clients[0].keys[1], 0);
	ck_assert_uint_eq(config.clients[0].keys[2], 1);
	ck_assert_uint_eq(config.clients[1].uid, 77);
	ck_assert_uint_eq(config.clients[1].role, KEYPROTO_CLIENT);
	ck_assert_uint_eq(config.clients[1].keys[0], 0);
}
END_TEST

static const struct {
	const char *words;
	uint32_t bits;
} operations[] = {
	{ "sign13", 1u << KEYPROTO_SIGN13 },
	{ "sign12", 1u << KEYPROTO_SIGN12 },
	{ "sign10", 1u << KEYPROTO_SIGN10 },
	{ "premaster", 1u << KEYPROTO_PREMASTER },
	{ "premaster, sign13, sign13",
	    1u << KEYPROTO_PREMASTER | 1u << KEYPROTO_SIGN13 },
};

START_TEST(operations_are_those_listed_and_no_other)
{
	char text[256];

	snprintf(text, sizeof text,
	    "signer-group g { key k { file = x operations = { %s } } }",
	    operations[_i].words);
	ck_assert_msg(read_text(text), "%s", said);
	ck_assert_uint_eq(config.keys[0].operations, operations[_i].bits);
}
END_TEST

static const struct {
	const char *words;
	uint32_t rate, burst;
} rates[] = {
	{ "", 0, 0 },
	{ "rate = 2000", 2000, 2000 },
	{ "rate = 2000 burst = 1", 2000, 1 },
	{ "burst = 7 rate = 1", 1, 7 },
	{ "rate = 1000000 burst = 1000000", 1000000, 1000000 },
};

START_TEST(a_rate_is_a_keys_or_a_clients)
{
	char text[256];

	snprintf(text, sizeof text,
	    "signer-group g { key k { file = x %s } key l { file = y } }\n"
	    "client c { %s } client d { uid = 5 }",
	    rates[_i].words, rates[_i].words);
	ck_assert_msg(read_text(text), "%s", said);
	ck_assert_uint_eq(config.keys[0].rate.rate, rates[_i].rate);
	ck_assert_uint_eq(config.keys[0].rate.burst, rates[_i].burst);
	ck_assert_uint_eq(config.clients[0].rate.rate, rates[_i].rate);
	ck_assert_uint_eq(config.clients[0].rate.burst, rates[_i].burst);
	ck_assert_uint_eq(config.keys[1].rate.rate, 0);
	ck_assert_uint_eq(config.clients[1].rate.rate, 0);
}
END_TEST

/* What a key comes with: paths are as the key's own. */
START_TEST(a_key_may_have_a_passphrase_and_a_certificate)
{
	char path[128];

	ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/run/creds", 1), 0);
	ck_assert_msg(read_text("signer-group g {\n"
				" key a { file = a }\n"
				" key b { file = b passphrase-file = b.pass }\n"
				" key c { file = c passphrase-credential = cc "
				"certificate = \"/etc/c.pem\" }\n"
				"}\n"),
	    "%s", said);
	ck_assert_str_eq(config.keys[0].passphrase, "");
	ck_assert_str_eq(config.keys[0].certificate, "");
	snprintf(path, sizeof path, "%s/b.pass", directory);
	ck_assert_str_eq(config.keys[1].passphrase, path);
	ck_assert(!config.keys[1].credential);
	ck_assert_str_eq(config.keys[2].passphrase, "/run/creds/cc");
	ck_assert(config.keys[2].credential);
	ck_assert_str_eq(config.keys[2].certificate, "/etc/c.pem");
}
END_TEST

static const struct {
	const char *directory, *words, *reason;
} credentials[] = {
	{ NULL, "passphrase-credential = x", "CREDENTIALS_DIRECTORY" },
	{ "creds", "passphrase-credential = x", "CREDENTIALS_DIRECTORY" },
	{ "/c", "passphrase-credential = \"../x\"", "no slash" },
	{ "/c", "passphrase-credential = \"..\"", "no dot" },
	{ "/c", "passphrase-credential = \"a/b\"", "no slash" },
	{ "/c", "passphrase-credential = \"\"", "" },
	{ "/c", "passphrase-credential = x passphrase-file = y", "not both" },
};

START_TEST(a_credential_is_a_name_in_its_directory)
{
	char text[256];

	if (credentials[_i].directory != NULL)
		setenv("CREDENTIALS_DIRECTORY", credentials[_i].directory, 1);
	else
		unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(text, sizeof text, "signer-group g { key k { file = x %s } }",
	    credentials[_i].words);
	ck_assert(!read_text(text));
	ck_assert_msg(strstr(said, credentials[_i].reason) != NULL, "%s", said);
}
END_TEST

START_TEST(a_group_may_have_its_keys_in_tokens)
{
	char path[128];

	ck_assert_msg(
	    read_text("module m { path = m.so environment = \"A=b\" }\n"
		      "signer-group g { module = m key k { pkcs11 = "
		      "\"pkcs11:token=t;id=%01\" pin-file = p } }\n"
		      "signer-group h { key l { file = x } }"),
	    "%s", said);
	ck_assert_ptr_eq(config.group_modules[0], &config.modules[0]);
	ck_assert_ptr_null(config.group_modules[1]);
	snprintf(path, sizeof path, "%s/m.so", directory);
	ck_assert_str_eq(config.modules[0].what.path, path);
	ck_assert_str_eq(config.modules[0].what.environment, "A=b");
	ck_assert_str_eq(config.keys[0].token->token, "t");
	ck_assert_uint_eq(config.keys[0].token->id_len, 1);
	ck_assert_str_eq(config.keys[0].path, "");
	snprintf(path, sizeof path, "%s/p", directory);
	ck_assert_str_eq(config.keys[0].passphrase, path);
	ck_assert_str_eq(config.keys[1].uri, "");
}
END_TEST

START_TEST(an_audit_is_as_said)
{
	char path[128];

	ck_assert(read_text(GROUP));
	ck_assert(!config.audit.wanted);
	ck_assert_msg(
	    read_text(GROUP "audit { file = a key = \"/k\" }"), "%s", said);
	ck_assert(config.audit.wanted && config.audit.stop);
	ck_assert_uint_eq(config.audit.checkpoint, 1000);
	snprintf(path, sizeof path, "%s/a", directory);
	ck_assert_str_eq(config.audit.file, path);
	ck_assert_str_eq(config.audit.key, "/k");
	ck_assert(read_text(GROUP "audit { file = a key = k checkpoint = 7 "
				  "on-full = count }"));
	ck_assert(!config.audit.stop);
	ck_assert_uint_eq(config.audit.checkpoint, 7);
}
END_TEST

/* Wanted by whom, and how they are made. */
static const struct {
	const char *text;
	bool wanted;
	uint32_t rotate, lifetime;
	const char *root;
} tickets[] = {
	{ "", false, 5400, 21600, "" }, /* nobody is there to want them */
	{ "client c { }", true, 5400, 21600, "" },
	{ "client c { tickets = false }", false, 5400, 21600, "" },
	{ "client c { role = client }", false, 5400, 21600, "" },
	{ "client c { tickets = false } client d { uid = 5 }", true, 5400,
	    21600, "" },
	{ "client c { } tickets { rotate = 10s lifetime = 400s }", true, 10,
	    400, "" },
	{ "client c { } tickets { rotate = 24h lifetime = 24h root = r }", true,
	    86400, 86400, "r" },
};

START_TEST(ticket_keys_are_made_as_is_said_for_who_wants_them)
{
	char text[512], path[128] = "";

	snprintf(text, sizeof text, GROUP "%s", tickets[_i].text);
	ck_assert_msg(read_text(text), "%s: %s", text, said);
	if (tickets[_i].root[0] != '\0')
		snprintf(
		    path, sizeof path, "%s/%s", directory, tickets[_i].root);
	ck_assert_msg(config.tickets.wanted == tickets[_i].wanted, "%s", text);
	ck_assert_uint_eq(config.tickets.times.rotate, tickets[_i].rotate);
	ck_assert_uint_eq(config.tickets.times.lifetime, tickets[_i].lifetime);
	ck_assert_str_eq(config.tickets.root, path);
}
END_TEST

/* At a reload there is no name service: names of the start, and /etc/passwd. */
START_TEST(a_reload_knows_accounts_of_before_and_of_the_file)
{
	static struct config then;

	ck_assert(read_text(GROUP "client c { uid = nobody }\n"));
	ck_assert_str_eq(config.clients[0].account, "nobody");
	then = config;
	strcpy(then.clients[0].account, "known-elsewhere");
	then.clients[0].uid = 4711;
	write_file(file,
	    GROUP "client c { uid = \"known-elsewhere\" }\n"
		  "client d { uid = root }\nclient e { uid = 12 }\n");
	listen_to_errors();
	config_free(&config);
	ck_assert(config_read(file, &config, &then));
	take_errors();
	ck_assert_uint_eq(config.clients[0].uid, 4711);
	ck_assert_uint_eq(config.clients[1].uid, 0);
	ck_assert_uint_eq(config.clients[2].uid, 12);
	ck_assert_str_eq(config.clients[2].account, "");

	write_file(file, GROUP "client c { uid = \"no-such-account\" }\n");
	listen_to_errors();
	config_free(&config);
	ck_assert(!config_read(file, &config, &then));
	take_errors();
	ck_assert_ptr_nonnull(strstr(said, "no account \"no-such-account\""));
}
END_TEST

START_TEST(what_is_left_out_has_its_default)
{
	ck_assert(read_text(GROUP "client \"c\" { }\n"));
	ck_assert(config.clients[0].tickets);
	ck_assert_str_eq(config.socket, "/run/sallyport/keyd.sock");
	ck_assert_uint_eq(config.clients[0].uid, geteuid());
	ck_assert_uint_eq(config.clients[0].role, KEYPROTO_SERVER);
}
END_TEST

/* Text with count copies of pattern, where # stands for the number of each. */
static void
write_many(const char *head, const char *pattern, unsigned count,
    const char *tail, char *text, size_t room)
{
	FILE *out = fmemopen(text, room, "w");

	ck_assert_ptr_nonnull(out);
	fputs(head, out);
	for (unsigned i = 0; i < count; i++)
		for (const char *c = pattern; *c != '\0'; c++)
			if (*c == '#')
				fprintf(out, "%u", i);
			else
				fputc(*c, out);
	fputs(tail, out);
	ck_assert_int_eq(fclose(out), 0);
}

static const struct {
	const char *head, *pattern, *tail;
	unsigned most;
	const char *reason;
} limits[] = {
	{ "signer-group g {\n", "key k# { file = k#.pem }\n", "}\n",
	    KEYPROTO_SLOTS, "more than 16384 keys" },
	{ "", "signer-group g# { key k# { file = x } }\n", "",
	    CONFIG_GROUPS_MAX, "more than 16 groups" },
	{ GROUP, "client c# { uid = # }\n", "", CONFIG_CLIENTS_MAX,
	    "more than 16 clients" },
};

START_TEST(as_many_as_there_is_room_for_and_not_one_more)
{
	static char text[1024 * 1024];

	write_many(limits[_i].head, limits[_i].pattern, limits[_i].most,
	    limits[_i].tail, text, sizeof text);
	ck_assert_msg(read_text(text), "%s", said);
	write_many(limits[_i].head, limits[_i].pattern, limits[_i].most + 1,
	    limits[_i].tail, text, sizeof text);
	ck_assert(!read_text(text));
	ck_assert_msg(strstr(said, limits[_i].reason) != NULL, "%s", said);
}
END_TEST

static unsigned
count_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* malloc keeps some freed chunks and counts them as used: a leak of the least
 * chunk in each round is still twice what is tolerated. */
#define WARM_UP 200
#define ROUNDS 400
#define LEAST_CHUNK 32

START_TEST(neither_memory_nor_descriptors_are_left_behind)
{
	static const char *const texts[] = { GROUP, GROUP "colour = red\n",
		GROUP "client \"c\" { keys = { \"none\" } }\n",
		GROUP "client \"c\" {\n" };
	unsigned before = count_descriptors();
	size_t memory = 0;

	for (int round = 0; round < WARM_UP + ROUNDS; round++) {
		if (round == WARM_UP)
			memory = mallinfo2().uordblks;
		for (size_t i = 0; i < COUNT(texts); i++)
			ck_assert_int_eq(read_text(texts[i]), i == 0);
	}
	ck_assert_uint_lt(
	    mallinfo2().uordblks, memory + ROUNDS * LEAST_CHUNK / 2);
	ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* ---- key files ---- */

static int
open_key(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	listen_to_errors();
	fd = config_open_secret(path);
	take_errors();
	return fd;
}

/* How each opens a file of a mode, or a link to it. */
static const struct {
	mode_t mode;
	bool secret, credential, public;
} opened[] = {
	{ 0600, true, true, true },
	{ 0400, true, true, true },
	{ 0440, false, true, true },
	{ 0640, false, true, true },
	{ 0460, false, false, true },
	{ 0444, false, false, true },
	{ 0666, false, false, true },
};

static bool
opens(int open_it(const char *), const char *path)
{
	int fd;

	listen_to_errors();
	fd = open_it(path);
	take_errors();
	if (fd >= 0)
		close(fd);
	ck_assert_int_eq(fd < 0, said[0] != '\0');
	return fd >= 0;
}

START_TEST(credentials_and_certificates_have_rules_of_their_own)
{
	char path[128], link[128];

	snprintf(path, sizeof path, "%s/part", directory);
	snprintf(link, sizeof link, "%s/link", directory);
	write_file(path, "x");
	ck_assert_int_eq(chmod(path, opened[_i].mode), 0);
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert(opens(config_open_secret, path) == opened[_i].secret);
	ck_assert(opens(config_open_credential, path) == opened[_i].credential);
	ck_assert(opens(config_open_public, path) == opened[_i].public);
	ck_assert(!opens(config_open_secret, link));
	ck_assert(!opens(config_open_credential, link));
	ck_assert(opens(config_open_public, link));
	ck_assert(!opens(config_open_public, directory));
	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

static void
make_key(const char *name, mode_t mode)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	unlink(path); /* only root could write to the last one */
	write_file(path, "x");
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* Refused, and the one line names the file and this reason. */
static void
refused(const char *name, const char *reason)
{
	char start[128];

	ck_assert_int_eq(open_key(name), -1);
	snprintf(start, sizeof start, "%s/%s: ", directory, name);
	ck_assert_msg(strncmp(said, start, strlen(start)) == 0, "%s", said);
	ck_assert_msg(strstr(said, reason) != NULL, "%s", said);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}

START_TEST(a_key_file_of_its_owner_alone_is_opened_for_reading)
{
	static const mode_t modes[] = { 0600, 0400 };
	int fd;

	for (size_t i = 0; i < COUNT(modes); i++) {
		make_key("key.pem", modes[i]);
		ck_assert_int_ge(fd = open_key("key.pem"), 0);
		ck_assert_str_eq(said, "");
		ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 0);
		close(fd);
		ck_assert_int_eq(chmod(file, 0), -1); /* nothing else made */
		make_key("key.pem", 0600);
	}
}
END_TEST

START_TEST(a_key_file_that_others_may_touch_is_refused)
{
	static const mode_t modes[] = { 0640, 0644, 0604, 0620, 0602, 0610,
		0601, 0660, 0666, 0777, 0440 };

	for (size_t i = 0; i < COUNT(modes); i++) {
		make_key("key.pem", modes[i]);
		refused("key.pem", "open to group or others");
		make_key("key.pem", 0600);
	}
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
	char path[128], target[128];

	refused("other.pem", "No such file");
	refused("", "not a regular file"); /* the directory */
	make_key("key.pem", 0600);
	snprintf(path, sizeof path, "%s/link.pem", directory);
	snprintf(target, sizeof target, "%s/key.pem", directory);
	ck_assert_int_eq(symlink(target, path), 0);
	refused("link.pem", "symbolic link");
	/* Nobody writes to it: opening must not wait. */
	snprintf(path, sizeof path, "%s/pipe.pem", directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	refused("pipe.pem", "not a regular file");
}
END_TEST

/* A file of somebody else's: made so as root; else one of root's would do, and
 * root's are allowed. */
START_TEST(a_key_file_of_somebody_else_is_refused)
{
	char path[128];

	if (geteuid() != 0) {
		puts(
		    "note: not root here, so no key file was another account's");
		return;
	}
	make_key("key.pem", 0600);
	snprintf(path, sizeof path, "%s/key.pem", directory);
	ck_assert_int_eq(chown(path, 12345, 0), 0);
	refused("key.pem", "owned by neither root nor keyd's account");
}
END_TEST

START_TEST(a_refused_file_leaves_no_descriptor)
{
	unsigned before = count_descriptors();

	make_key("key.pem", 0644);
	for (int i = 0; i < 3; i++) {
		refused("key.pem", "chmod 600");
		refused("other.pem", "");
		refused("", "");
	}
	ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

static Suite *
config_suite(void)
{
	Suite *suite = suite_create("keyd_config");
	TCase *tcase = tcase_create("keyd_config");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_key_may_be_made_and_have_a_request, 0,
	    (int)COUNT(generated));
	tcase_add_loop_test(tcase, every_error_names_file_and_line_and_reason,
	    0, (int)COUNT(errors));
	tcase_add_loop_test(tcase,
	    the_socket_of_the_administration_is_beside_the_other, 0,
	    COUNT(admin_cases));
	tcase_add_test(tcase, sandbox_and_readers_are_as_said);
	tcase_add_test(tcase, a_missing_configuration_is_named);
	tcase_add_test(tcase, a_directory_is_no_configuration);
	tcase_add_test(tcase, a_good_configuration_fills_the_struct);
	tcase_add_loop_test(tcase, operations_are_those_listed_and_no_other, 0,
	    (int)COUNT(operations));
	tcase_add_loop_test(
	    tcase, a_rate_is_a_keys_or_a_clients, 0, (int)COUNT(rates));
	tcase_add_test(tcase, a_key_may_have_a_passphrase_and_a_certificate);
	tcase_add_test(tcase, a_group_may_have_its_keys_in_tokens);
	tcase_add_test(tcase, an_audit_is_as_said);
	tcase_add_loop_test(tcase, a_credential_is_a_name_in_its_directory, 0,
	    (int)COUNT(credentials));
	tcase_add_loop_test(tcase,
	    credentials_and_certificates_have_rules_of_their_own, 0,
	    (int)COUNT(opened));
	tcase_add_loop_test(tcase,
	    ticket_keys_are_made_as_is_said_for_who_wants_them, 0,
	    (int)COUNT(tickets));
	tcase_add_test(
	    tcase, a_reload_knows_accounts_of_before_and_of_the_file);
	tcase_add_test(tcase, what_is_left_out_has_its_default);
	tcase_add_loop_test(tcase,
	    as_many_as_there_is_room_for_and_not_one_more, 0,
	    (int)COUNT(limits));
	tcase_add_test(tcase, neither_memory_nor_descriptors_are_left_behind);
	tcase_add_test(
	    tcase, a_key_file_of_its_owner_alone_is_opened_for_reading);
	tcase_add_test(tcase, a_key_file_that_others_may_touch_is_refused);
	tcase_add_test(tcase, what_is_no_regular_file_is_refused);
	tcase_add_test(tcase, a_key_file_of_somebody_else_is_refused);
	tcase_add_test(tcase, a_refused_file_leaves_no_descriptor);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(config_suite)
