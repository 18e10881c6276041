/*
 * A mount that may take long, as of a server that does not answer: made by a thread of its own, for those of the
 * runtime's pool are few, and everything that reads a file needs them.
 */
#include "addon.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);

struct mounting {
	char *source, *target, *type, *data;
	unsigned long flags;
	long result;
	napi_deferred promise;
	napi_threadsafe_function done;
};

static void *run(void *argument)
{
	struct mounting *wanted = argument;
	napi_threadsafe_function done = wanted->done;
	int failed = mount(wanted->source, wanted->target, wanted->type, wanted->flags, wanted->data);
	wanted->result = failed ? -errno : 0;
	napi_call_threadsafe_function(done, wanted, napi_tsfn_blocking);
	napi_release_threadsafe_function(done, napi_tsfn_release);
	return NULL;
}

/* Without an environment the runtime is ending, and nobody waits. */
static void finish(napi_env env, napi_value none, void *context, void *argument)
{
	(void)none;
	(void)context;
	struct mounting *wanted = argument;
	napi_value result;
	if (env && napi_create_int64(env, wanted->result, &result) == napi_ok)
		napi_resolve_deferred(env, wanted->promise, result);
	free(wanted->source);
	free(wanted->target);
	free(wanted->type);
	free(wanted->data);
	free(wanted);
}

static int begin_thread(struct mounting *wanted)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, wanted);
	return error ? error : pthread_detach(thread);
}

/* mountApart(source, target, type, MS_* flags, data) → promise of 0 or -errno */
static napi_value mount_apart(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct mounting *wanted = calloc(1, sizeof(*wanted));
	if (!wanted)
		abort();
	wanted->source = text_argument(&call, 0);
	wanted->target = text_argument(&call, 1);
	wanted->type = text_argument(&call, 2);
	wanted->flags = (unsigned long)long_argument(&call, 3);
	wanted->data = text_argument(&call, 4);
	napi_value promise, name;
	napi_create_promise(env, &wanted->promise, &promise);
	napi_create_string_utf8(env, "mount", NAPI_AUTO_LENGTH, &name);
	if (napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, NULL, finish, &wanted->done) != napi_ok)
		abort();
	int error = begin_thread(wanted);
	if (error) {
		napi_release_threadsafe_function(wanted->done, napi_tsfn_release);
		wanted->result = -error;
		finish(env, NULL, NULL, wanted);
	}
	return promise;
}

const struct method mount_apart_methods[] = {
	{"mountApart", mount_apart},
	{NULL, NULL},
};
