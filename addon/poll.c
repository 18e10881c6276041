/*
 * Readiness of any descriptor: a thread waits in epoll and hands each batch of events to a JavaScript function.
 * Every watch is one-shot: JavaScript arms it again when it has read, so a busy descriptor can't flood the queue.
 */
#include "addon.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64

struct poll {
	int epoll;
	napi_threadsafe_function deliver;
};

struct batch {
	int count;
	struct epoll_event events[BATCH];
};

static void *wait_for_events(void *argument)
{
	struct poll *poll = argument;
	for (;;) {
		struct batch *batch = malloc(sizeof *batch);
		if (!batch)
			return NULL;
		do
			batch->count = epoll_wait(poll->epoll, batch->events, BATCH, -1);
		while (batch->count < 0 && errno == EINTR);
		if (batch->count < 0 ||
		    napi_call_threadsafe_function(poll->deliver, batch, napi_tsfn_blocking) != napi_ok) {
			free(batch);
			return NULL;
		}
	}
}

static void call_back(napi_env env, napi_value function, void *context, void *data)
{
	struct batch *batch = data;
	(void)context;
	for (int i = 0; env && i < batch->count; i++) {
		napi_value receiver, argument[2];
		napi_get_undefined(env, &receiver);
		napi_create_uint32(env, batch->events[i].data.u32, &argument[0]);
		napi_create_uint32(env, batch->events[i].events, &argument[1]);
		napi_call_function(env, receiver, function, 2, argument, NULL);
	}
	free(batch);
}

static int start_thread(struct poll *poll)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, wait_for_events, poll);
	if (!error)
		pthread_detach(thread);
	return error;
}

/* pollStart(callback(token, events)) → a poll that lives as long as the process, or undefined */
static napi_value poll_start(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct poll *poll = malloc(sizeof *poll);
	napi_value name, handle;
	if (!poll)
		return NULL;
	poll->epoll = epoll_create1(EPOLL_CLOEXEC);
	napi_create_string_utf8(env, "poll", NAPI_AUTO_LENGTH, &name);
	if (poll->epoll < 0 ||
	    napi_create_threadsafe_function(env, call.argument[0], NULL, name, 0, 1, NULL, NULL, NULL, call_back,
					    &poll->deliver) != napi_ok)
		return NULL;
	napi_unref_threadsafe_function(env, poll->deliver);
	if (start_thread(poll))
		return NULL;
	napi_create_external(env, poll, NULL, NULL, &handle);
	return handle;
}

static struct poll *poll_argument(const struct call *call)
{
	void *poll = NULL;
	napi_get_value_external(call->env, call->argument[0], &poll);
	return poll;
}

/* pollControl(poll, EPOLL_CTL_*, descriptor, events, token) */
static napi_value poll_control(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct epoll_event event = {
		.events = (uint32_t)long_argument(&call, 3) | EPOLLONESHOT,
		.data.u32 = (uint32_t)long_argument(&call, 4),
	};
	return answer(&call, epoll_ctl(poll_argument(&call)->epoll, int_argument(&call, 1), int_argument(&call, 2),
				       &event));
}

/* pollKeepAlive(poll, 1 or 0): whether the poll keeps the process running */
static napi_value poll_keep_alive(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct poll *poll = poll_argument(&call);
	if (int_argument(&call, 1))
		napi_ref_threadsafe_function(env, poll->deliver);
	else
		napi_unref_threadsafe_function(env, poll->deliver);
	return answer(&call, 0);
}

const struct method poll_methods[] = {
	{"pollStart", poll_start},
	{"pollControl", poll_control},
	{"pollKeepAlive", poll_keep_alive},
	{NULL, NULL},
};
