#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define MNT_DETACH 2

/* A path to a descriptor, for the calls that take no descriptor. Only valid while /proc is the host's. */
struct fd_path {
	char text[32];
};

static struct fd_path path_of(int fd)
{
	struct fd_path path;
	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

static const char *text_or_null(const struct operand *operand)
{
	return operand->size ? operand->data : NULL;
}

static int set_attributes(int fd, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive)
{
	struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation};
	unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	return syscall(SYS_mount_setattr, fd, "", flags, &attributes, sizeof(attributes)) < 0 ? -errno : 0;
}

static int attach_mount(int mount_fd, int target)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
	return syscall(SYS_move_mount, mount_fd, "", target, "", flags) < 0 ? -errno : 0;
}

int attach_clone(int from, int target, unsigned flags, uint64_t set, uint64_t clear, bool recursive_attributes)
{
	flags |= OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	cleanup_fd int tree = (int)syscall(SYS_open_tree, from, "", flags);
	if (tree < 0)
		return -errno;
	int error = set || clear ? set_attributes(tree, set, clear, 0, recursive_attributes) : 0;
	return error ? error : attach_mount(tree, target);
}

/* An image whose /proc or /sys is a symlink could have them mounted elsewhere and write to what it left there. */
static uint64_t resolve_for(const char *fstype)
{
	return strcmp(fstype, "proc") == 0 || strcmp(fstype, "sysfs") == 0 ? RESOLVE_NO_SYMLINKS : 0;
}

int op_mount(void *self, const union operands *op)
{
	struct init *init = self;
	if (init->pivoted)
		return -EINVAL;
	uint64_t resolve = resolve_for(op->mount.fstype.data);
	cleanup_fd int target = open_target(init, op->mount.target.data, O_PATH, resolve);
	if (target < 0)
		return target;
	const char *source = text_or_null(&op->mount.source);
	const char *type = text_or_null(&op->mount.fstype);
	int error = mount(source, path_of(target).text, type, op->mount.flags.number, text_or_null(&op->mount.data));
	return error < 0 ? -errno : 0;
}

/* Opens the place for a bind mount; a missing one is made, of the kind of what is to be there. */
static int open_place(struct init *init, const struct operand *target, int source)
{
	struct stat found;
	int fd = open_target(init, target->data, O_PATH, 0);
	if (fd != -ENOENT)
		return fd;
	if (fstat(source, &found) < 0)
		return -errno;
	union operands directory = {.mkdir = {.target = *target, .mode = {.number = 0755}}};
	union operands file = {.create_file = {.target = *target, .mode = {.number = 0644}}};
	int error = S_ISDIR(found.st_mode) ? op_mkdir(init, &directory) : op_create_file(init, &file);
	return error ? error : open_target(init, target->data, O_PATH, 0);
}

int op_bind(void *self, const union operands *op)
{
	cleanup_fd int source = open(op->bind.source.data, O_PATH | O_CLOEXEC);
	if (source < 0)
		return -errno;
	cleanup_fd int target = open_place(self, &op->bind.target, source);
	if (target < 0)
		return target;
	unsigned flags = op->bind.recursive.number & 1 ? AT_RECURSIVE : 0;
	return attach_clone(source, target, flags, op->bind.set.number, op->bind.clear.number,
			    op->bind.recursive.number & 2);
}

/* A mount that is in no directory tree yet has one place only: it is moved there. */
int op_place(void *self, const union operands *op)
{
	cleanup_fd int source = open(op->place.source.data, O_PATH | O_CLOEXEC);
	if (source < 0)
		return -errno;
	cleanup_fd int target = open_place(self, &op->place.target, source);
	return target < 0 ? target : attach_mount(source, target);
}

int op_setattr(void *self, const union operands *op)
{
	cleanup_fd int target = open_target(self, op->setattr.target.data, O_PATH, 0);
	if (target < 0)
		return target;
	return set_attributes(target, op->setattr.set.number, op->setattr.clear.number, 0,
			      op->setattr.recursive.number);
}

int op_propagate(void *self, const union operands *op)
{
	cleanup_fd int target = open_target(self, op->propagate.target.data, O_PATH, 0);
	if (target < 0)
		return target;
	return set_attributes(target, 0, 0, op->propagate.propagation.number, op->propagate.recursive.number);
}

int op_umount(void *self, const union operands *op)
{
	struct init *init = self;
	if (init->pivoted)
		return -EINVAL;
	cleanup_fd int target = open_target(init, op->umount.target.data, O_PATH | O_NOFOLLOW, 0);
	if (target < 0)
		return target;
	return umount2(path_of(target).text, (int)op->umount.flags.number) < 0 ? -errno : 0;
}

/* The old root ends up stacked on the new one and is detached from there: no directory is needed for it. */
int op_pivot_root(void *self, const union operands *op)
{
	struct init *init = self;
	if (fchdir(init->root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return -errno;
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	init->pivoted = true;
	return 0;
}

/* One read-only tmpfs masks all directories: later ones get clones of the first. */
static int mask_directory(struct init *init, int target)
{
	if (init->empty >= 0)
		return attach_clone(init->empty, target, 0, 0, 0, false);
	cleanup_fd int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "mode", "555", 0) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "size", "0", 0) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	unsigned attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	init->empty = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
	if (init->empty < 0)
		return -errno;
	return attach_mount(init->empty, target);
}

static int mask_file(struct init *init, int target)
{
	cleanup_fd int null = init->pivoted ? open_target(init, "/dev/null", O_PATH, RESOLVE_NO_SYMLINKS)
					    : open("/dev/null", O_PATH | O_CLOEXEC | O_NOFOLLOW);
	struct stat found;
	if (null < 0 || fstat(null, &found) < 0)
		return -ENODEV;
	if (!S_ISCHR(found.st_mode) || found.st_rdev != 0x103)
		return -ENODEV;
	return attach_clone(null, target, 0, MOUNT_ATTR_RDONLY, 0, false);
}

/* What is to be hidden must be the thing itself: a symlink could lead the mask away from it. */
int op_mask(void *self, const union operands *op)
{
	struct stat found;
	cleanup_fd int target = open_target(self, op->mask.target.data, O_PATH, RESOLVE_NO_SYMLINKS);
	if (target == -ENOENT || target == -ENOTDIR)
		return 0;
	if (target < 0)
		return target;
	if (fstat(target, &found) < 0)
		return -errno;
	return S_ISDIR(found.st_mode) ? mask_directory(self, target) : mask_file(self, target);
}

int op_readonly_path(void *self, const union operands *op)
{
	cleanup_fd int target = open_target(self, op->readonly_path.target.data, O_PATH, RESOLVE_NO_SYMLINKS);
	if (target == -ENOENT || target == -ENOTDIR)
		return 0;
	if (target < 0)
		return target;
	return attach_clone(target, target, AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, false);
}
