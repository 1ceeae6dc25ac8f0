/* Guide: Initialization and Teardown; Connection Memory. */
#include "pair.h"

#include <pthread.h>

static unsigned given, taken;

static int
memory_start(void)
{
	return 0;
}

static int
memory_get(void **place, uint32_t wanted, uint32_t *got)
{
	if ((*place = malloc(wanted)) == NULL)
		return -1;
	*got = wanted;
	given++;
	return 0;
}

static int
memory_give_back(void *place, uint32_t len)
{
	(void)len;
	free(place);
	taken++;
	return 0;
}

/* Each thread cleans up after itself. */
static void *
thread(void *arg)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);

	CHECK(conn != NULL && s2n_connection_free(conn) == 0);
	CHECK(s2n_cleanup() == 0);
	return arg;
}

int
main(void)
{
	s2n_fips_mode mode;
	pthread_t id;

	CHECK(s2n_crypto_disable_init() == 0);
	CHECK(s2n_disable_atexit() == 0);
	CHECK(s2n_mem_set_callbacks(memory_start, memory_start, memory_get,
		  memory_give_back) == 0);
	CHECK(s2n_init() == 0);
	CHECK(s2n_init() < 0);
	CHECK(s2n_get_fips_mode(&mode) == 0);
	CHECK(s2n_get_openssl_version() >= 0x30000000);
	CHECK(pthread_create(&id, NULL, thread, NULL) == 0);
	CHECK(pthread_join(id, NULL) == 0);
	CHECK(given > 0 && given == taken);
	CHECK(s2n_cleanup_final() == 0);
	CHECK(s2n_connection_new(S2N_CLIENT) == NULL);
	CHECK(s2n_init() == 0 && s2n_cleanup_final() == 0);
	puts("ok");
	return 0;
}
