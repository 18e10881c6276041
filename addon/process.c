/* Processes by descriptor: a pid can be used again by the kernel, a pidfd can't. */
#include "addon.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* pidfdOpen(pid) → descriptor, readable when the process has ended */
static napi_value open_pidfd(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_pidfd_open, int_argument(&call, 0), 0));
}

/* pidfdSendSignal(pidfd, signal) */
static napi_value signal_pidfd(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_pidfd_send_signal, int_argument(&call, 0), int_argument(&call, 1), NULL, 0));
}

const struct method process_methods[] = {
	{"pidfdOpen", open_pidfd},
	{"pidfdSendSignal", signal_pidfd},
	{NULL, NULL},
};
