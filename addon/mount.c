/* The mount calls, old and new. Those that libc lacks go by their numbers. */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Declared here because <sys/mount.h> and <linux/mount.h> define the same structures. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);

/* mount(source, target, type, MS_* flags, data) */
static napi_value mount_classic(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT source = text_argument(&call, 0);
	OWNED_TEXT target = text_argument(&call, 1);
	OWNED_TEXT type = text_argument(&call, 2);
	OWNED_TEXT data = text_argument(&call, 4);
	return answer(&call, mount(source, target, type, (unsigned long)long_argument(&call, 3), data));
}

/* unmount(target, MNT_* flags) */
static napi_value unmount(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT target = text_argument(&call, 0);
	return answer(&call, umount2(target, int_argument(&call, 1)));
}

/* fsopen(type, flags) → descriptor of a filesystem context */
static napi_value open_context(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT type = text_argument(&call, 0);
	return answer(&call, syscall(SYS_fsopen, type, int_argument(&call, 1) | FSOPEN_CLOEXEC));
}

/* fsconfig(context, command, key, value, aux) */
static napi_value configure_context(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT key = text_argument(&call, 2);
	OWNED_TEXT value = text_argument(&call, 3);
	return answer(&call, syscall(SYS_fsconfig, int_argument(&call, 0), int_argument(&call, 1), key, value,
				     int_argument(&call, 4)));
}

/* fsmount(context, MOUNT_ATTR_* attributes) → descriptor of a detached mount */
static napi_value mount_context(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, syscall(SYS_fsmount, int_argument(&call, 0), FSMOUNT_CLOEXEC,
				     (unsigned)long_argument(&call, 1)));
}

/* openTree(directory descriptor, path, flags) → descriptor of a mount */
static napi_value open_mount_tree(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 1);
	return answer(&call, syscall(SYS_open_tree, int_argument(&call, 0), path,
				     (unsigned)long_argument(&call, 2) | OPEN_TREE_CLOEXEC));
}

/* moveMount(from descriptor, from path, to descriptor, to path, MOVE_MOUNT_* flags) */
static napi_value move_mount_tree(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT from = text_argument(&call, 1);
	OWNED_TEXT to = text_argument(&call, 3);
	return answer(&call, syscall(SYS_move_mount, int_argument(&call, 0), from, int_argument(&call, 2), to,
				     int_argument(&call, 4)));
}

/* mountSetattr(directory descriptor, path, AT_* flags, attributes to set, to clear, propagation, user namespace) */
static napi_value set_mount_attributes(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 1);
	struct mount_attr attributes = {
		.attr_set = (uint64_t)long_argument(&call, 3),
		.attr_clr = (uint64_t)long_argument(&call, 4),
		.propagation = (uint64_t)long_argument(&call, 5),
		.userns_fd = (uint64_t)long_argument(&call, 6),
	};
	return answer(&call, syscall(SYS_mount_setattr, int_argument(&call, 0), path, int_argument(&call, 2),
				     &attributes, sizeof attributes));
}

const struct method mount_methods[] = {
	{"mount", mount_classic},
	{"unmount", unmount},
	{"fsopen", open_context},
	{"fsconfig", configure_context},
	{"fsmount", mount_context},
	{"openTree", open_mount_tree},
	{"moveMount", move_mount_tree},
	{"mountSetattr", set_mount_attributes},
	{NULL, NULL},
};
