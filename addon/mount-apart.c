/* A mount that may take long, as of a server that does not answer: made by a thread of the runtime's pool. */
#include "addon.h"

#include <errno.h>
#include <stdlib.h>

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);

struct mounting {
	char *source, *target, *type, *data;
	unsigned long flags;
	long result;
	napi_deferred promise;
	napi_async_work work;
};

static void run(napi_env env, void *argument)
{
	(void)env;
	struct mounting *wanted = argument;
	int failed = mount(wanted->source, wanted->target, wanted->type, wanted->flags, wanted->data);
	wanted->result = failed ? -errno : 0;
}

static void finish(napi_env env, napi_status status, void *argument)
{
	struct mounting *wanted = argument;
	napi_value result;
	napi_create_int64(env, status == napi_ok ? wanted->result : -ECANCELED, &result);
	napi_resolve_deferred(env, wanted->promise, result);
	napi_delete_async_work(env, wanted->work);
	free(wanted->source);
	free(wanted->target);
	free(wanted->type);
	free(wanted->data);
	free(wanted);
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
	napi_create_async_work(env, NULL, name, run, finish, wanted, &wanted->work);
	napi_queue_async_work(env, wanted->work);
	return promise;
}

const struct method mount_apart_methods[] = {
	{"mountApart", mount_apart},
	{NULL, NULL},
};
