/* File calls that the runtimes lack: confined opening, device nodes, extended attributes, holes. */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* openat2(directory descriptor, path, O_* flags, mode, RESOLVE_* flags) → descriptor */
static napi_value open_confined(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 1);
	struct open_how how = {
		.flags = (uint64_t)long_argument(&call, 2) | O_CLOEXEC,
		.mode = (uint64_t)long_argument(&call, 3),
		.resolve = (uint64_t)long_argument(&call, 4),
	};
	return answer(&call, syscall(SYS_openat2, int_argument(&call, 0), path, &how, sizeof how));
}

/* mknod(path, mode with type, major, minor) */
static napi_value make_node(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	dev_t device = makedev((unsigned)long_argument(&call, 2), (unsigned)long_argument(&call, 3));
	return answer(&call, mknod(path, (mode_t)long_argument(&call, 1), device));
}

/* setModified(path, seconds, nanoseconds); access time too, and a final symbolic link is not followed */
static napi_value set_modified(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	struct timespec time = {.tv_sec = long_argument(&call, 1), .tv_nsec = long_argument(&call, 2)};
	struct timespec times[2] = {time, time};
	return answer(&call, utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
}

/* setXattr(path, name, value bytes, flags); a final symbolic link is not followed, here and below */
static napi_value set_xattr(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	OWNED_TEXT name = text_argument(&call, 1);
	struct bytes value = bytes_argument(&call, 2);
	return answer(&call, lsetxattr(path, name, value.start, value.length, int_argument(&call, 3)));
}

/* getXattr(path, name, buffer) → length of the value; with an empty buffer, the length it needs */
static napi_value get_xattr(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	OWNED_TEXT name = text_argument(&call, 1);
	struct bytes buffer = bytes_argument(&call, 2);
	return answer(&call, lgetxattr(path, name, buffer.start, buffer.length));
}

/* listXattrs(path, buffer) → length of the names, each with its final NUL */
static napi_value list_xattrs(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	struct bytes buffer = bytes_argument(&call, 1);
	return answer(&call, llistxattr(path, buffer.start, buffer.length));
}

/* removeXattr(path, name) */
static napi_value remove_xattr(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 0);
	OWNED_TEXT name = text_argument(&call, 1);
	return answer(&call, lremovexattr(path, name));
}

/* seek(descriptor, offset, whence) → the new offset */
static napi_value seek(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, lseek(int_argument(&call, 0), long_argument(&call, 1), int_argument(&call, 2)));
}

const struct method file_methods[] = {
	{"seek", seek},
	{"openat2", open_confined},
	{"mknod", make_node},
	{"setModified", set_modified},
	{"setXattr", set_xattr},
	{"getXattr", get_xattr},
	{"listXattrs", list_xattrs},
	{"removeXattr", remove_xattr},
	{NULL, NULL},
};
