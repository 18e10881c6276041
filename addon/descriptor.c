/* Reading and writing of descriptors that the runtime's own streams can't serve: pipes, ptys, sockets of any kind. */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* read(descriptor, buffer) → bytes read */
static napi_value read_bytes(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes buffer = bytes_argument(&call, 1);
	return answer(&call, read(int_argument(&call, 0), buffer.start, buffer.length));
}

/* write(descriptor, buffer) → bytes written */
static napi_value write_bytes(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes buffer = bytes_argument(&call, 1);
	return answer(&call, write(int_argument(&call, 0), buffer.start, buffer.length));
}

/* pipe(O_* flags) → [read end, write end], or -errno */
static napi_value make_pipe(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int ends[2];
	if (pipe2(ends, int_argument(&call, 0) | O_CLOEXEC))
		return answer(&call, -1);
	return answer_pair(&call, ends);
}

/* eventCounter() → descriptor of an eventfd that does not block */
static napi_value make_event_counter(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* setNonBlocking(descriptor, 1 or 0) */
static napi_value set_non_blocking(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int descriptor = int_argument(&call, 0);
	int flags = fcntl(descriptor, F_GETFL);
	if (flags < 0)
		return answer(&call, -1);
	flags = int_argument(&call, 1) ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return answer(&call, fcntl(descriptor, F_SETFL, flags));
}

/* duplicate(descriptor) → a second descriptor for the same open file */
static napi_value duplicate(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, fcntl(int_argument(&call, 0), F_DUPFD_CLOEXEC, 0));
}

/* sendFile(socket, file, offset, length) → bytes sent */
static napi_value send_file(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	off_t offset = long_argument(&call, 2);
	size_t length = (size_t)long_argument(&call, 3);
	return answer(&call, sendfile(int_argument(&call, 0), int_argument(&call, 1), &offset, length));
}

/* close(descriptor) */
static napi_value close_descriptor(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, close(int_argument(&call, 0)));
}

const struct method descriptor_methods[] = {
	{"read", read_bytes},
	{"write", write_bytes},
	{"pipe", make_pipe},
	{"eventCounter", make_event_counter},
	{"setNonBlocking", set_non_blocking},
	{"duplicate", duplicate},
	{"sendFile", send_file},
	{"close", close_descriptor},
	{NULL, NULL},
};
