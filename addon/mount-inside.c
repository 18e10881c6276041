/*
 * Changes to the mounts of another mount namespace. A namespace belongs to a thread that shares its root with
 * nobody, so a thread of its own enters it, makes its one call and ends.
 */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Declared here because <sys/mount.h> and <linux/mount.h> define the same structures. */
int umount2(const char *target, int flags);
#define UMOUNT_NOFOLLOW 8

struct change {
	int namespace, directory;
	int tree;         /* to be mounted at the directory, or -1 */
	const char *name; /* in the directory, to be taken */
	long result;
	int error;
};

/* A copy is made before the mount goes; umount2 knows no directory but the current one, here the thread's own. */
static long take_mount(const struct change *change)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW | AT_RECURSIVE;
	long copy = syscall(SYS_open_tree, change->directory, change->name, flags);
	if (copy < 0)
		return -1;
	if (fchdir(change->directory) == 0 && umount2(change->name, UMOUNT_NOFOLLOW) == 0)
		return copy;
	int error = errno;
	close((int)copy);
	errno = error;
	return -1;
}

static long make_change(const struct change *change)
{
	if (change->tree < 0)
		return take_mount(change);
	return syscall(SYS_move_mount, change->tree, "", change->directory, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static void *enter_and_change(void *argument)
{
	struct change *change = argument;
	change->result = unshare(CLONE_FS);
	if (change->result == 0)
		change->result = setns(change->namespace, CLONE_NEWNS);
	if (change->result == 0)
		change->result = make_change(change);
	change->error = errno;
	return NULL;
}

static long change_inside(struct change *change)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, enter_and_change, change);
	if (error) {
		errno = error;
		return -1;
	}
	pthread_join(thread, NULL);
	errno = change->error;
	return change->result;
}

/* moveMountInside(mount namespace, detached mount, place), all descriptors; the place is one of that namespace */
static napi_value move_mount_inside(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct change change = {
		.namespace = int_argument(&call, 0),
		.tree = int_argument(&call, 1),
		.directory = int_argument(&call, 2),
	};
	return answer(&call, change_inside(&change));
}

/* takeMountInside(mount namespace, descriptor of a directory of it, name) → descriptor of the mount, now detached */
static napi_value take_mount_inside(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT name = text_argument(&call, 2);
	struct change change = {
		.namespace = int_argument(&call, 0),
		.directory = int_argument(&call, 1),
		.tree = -1,
		.name = name,
	};
	return answer(&call, change_inside(&change));
}

const struct method mount_inside_methods[] = {
	{"moveMountInside", move_mount_inside},
	{"takeMountInside", take_mount_inside},
	{NULL, NULL},
};
