#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <limits.h>

/* RESOLVE_IN_ROOT keeps `..` and symlinks inside the root and follows no magic links. */
int open_target(const struct init *init, const char *target, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | resolve,
	};
	for (int tries = 0; tries < 32; tries++) {
		int fd = (int)syscall(SYS_openat2, init->root, target[0] ? target : ".", &how, sizeof(how));
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN)
			break;
	}
	return -errno;
}

struct directory_mode {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

static int open_directory(const struct init *init, const char *target, const struct directory_mode *wanted);

/* Opens the directory of the last part of `path`, which exists, and points `name` at that part. */
static int open_holder(const struct init *init, char *path, const char **name)
{
	char *slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	if (slash)
		*slash = '\0';
	int parent = open_target(init, slash ? path : ".", O_PATH | O_DIRECTORY, 0);
	if (slash)
		*slash = '/';
	return parent;
}

/* Replaces the last part of `path`, a link to what is not there, by where it leads: still a path of the root. */
static int follow_link(const struct init *init, char path[PATH_MAX])
{
	char value[PATH_MAX];
	const char *name;
	cleanup_fd int parent = open_holder(init, path, &name);
	if (parent < 0)
		return parent;
	ssize_t size = readlinkat(parent, name, value, sizeof(value) - 1);
	if (size < 0)
		return -errno;
	value[size] = '\0';
	size_t kept = value[0] == '/' ? 0 : (size_t)(name - path);
	if (kept + (size_t)size >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(path + kept, value, (size_t)size + 1);
	return 0;
}

/* A link exists, and what it leads to does not: that is made. */
static int make_behind_link(const struct init *init, const char *link, const struct directory_mode *wanted)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", link);
	int error = follow_link(init, path);
	if (error)
		return error;
	cleanup_fd int made = open_directory(init, path, wanted);
	return made < 0 ? made : 0;
}

/* Makes the last part of `path`, whose parent exists. */
static int make_directory(const struct init *init, char *path, const struct directory_mode *wanted)
{
	const char *name;
	cleanup_fd int parent = open_holder(init, path, &name);
	if (parent < 0)
		return parent;
	if (mkdirat(parent, name, wanted->mode) < 0)
		return errno == EEXIST ? make_behind_link(init, path, wanted) : -errno;
	if ((wanted->uid || wanted->gid) && fchownat(parent, name, wanted->uid, wanted->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

/* Opens a directory of the root, made with all its parents where it is missing. */
static int open_directory(const struct init *init, const char *target, const struct directory_mode *wanted)
{
	char path[PATH_MAX];
	int fd = open_target(init, target, O_PATH | O_DIRECTORY, 0);
	if (fd != -ENOENT)
		return fd;
	if (snprintf(path, sizeof(path), "%s", target) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	for (char *at = path + 1; at[-1]; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;
		*at = '\0';
		cleanup_fd int existing = open_target(init, path, O_PATH | O_DIRECTORY, 0);
		int error = existing == -ENOENT ? make_directory(init, path, wanted) : 0;
		if (error < 0)
			return error;
		*at = end;
		if (end == '\0')
			break;
	}
	return open_target(init, target, O_PATH | O_DIRECTORY, 0);
}

/* Opens the directory that holds `target`, made where it is missing, and points `name` at the last part. */
static int open_parent(const struct init *init, const char *target, const char **name)
{
	char path[PATH_MAX];
	const char *slash = strrchr(target, '/');
	*name = slash ? slash + 1 : target;
	if (!slash || slash == target)
		return open_target(init, "/", O_PATH | O_DIRECTORY, 0);
	if (snprintf(path, sizeof(path), "%.*s", (int)(slash - target), target) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return open_directory(init, path, &(struct directory_mode){.mode = 0755});
}

int op_root(void *self, const union operands *op)
{
	struct init *init = self;
	int fd = open(op->root.path.data, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(init->root);
	init->root = fd;
	return 0;
}

int op_mkdir(void *self, const union operands *op)
{
	struct directory_mode wanted = {
		.mode = (mode_t)op->mkdir.mode.number,
		.uid = (uid_t)op->mkdir.uid.number,
		.gid = (gid_t)op->mkdir.gid.number,
	};
	int fd = open_directory(self, op->mkdir.target.data, &wanted);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int op_mknod(void *self, const union operands *op)
{
	const char *name;
	dev_t device = makedev(op->mknod.major.number, op->mknod.minor.number);
	cleanup_fd int parent = open_parent(self, op->mknod.target.data, &name);
	if (parent < 0)
		return parent;
	if (mknodat(parent, name, (mode_t)op->mknod.mode.number, device) < 0)
		return errno == EEXIST ? 0 : -errno;
	uid_t uid = (uid_t)op->mknod.uid.number;
	gid_t gid = (gid_t)op->mknod.gid.number;
	if ((uid || gid) && fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

int op_symlink(void *self, const union operands *op)
{
	const char *name;
	cleanup_fd int parent = open_parent(self, op->symlink.target.data, &name);
	if (parent < 0)
		return parent;
	if (symlinkat(op->symlink.value.data, parent, name) < 0)
		return errno == EEXIST ? 0 : -errno;
	return 0;
}

static int create_file(const struct init *init, const char *target, mode_t mode)
{
	const char *name;
	cleanup_fd int existing = open_target(init, target, O_PATH, 0);
	if (existing != -ENOENT)
		return existing < 0 ? existing : 0;
	cleanup_fd int parent = open_parent(init, target, &name);
	if (parent < 0)
		return parent;
	cleanup_fd int fd = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd >= 0 || errno != EEXIST)
		return fd < 0 ? -errno : 0;
	char path[PATH_MAX];
	if (snprintf(path, sizeof(path), "%s", target) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	int error = follow_link(init, path);
	return error ? error : create_file(init, path, mode);
}

int op_create_file(void *self, const union operands *op)
{
	return create_file(self, op->create_file.target.data, (mode_t)op->create_file.mode.number);
}

/* Through a descriptor that no magic link led to: a working directory outside the root cannot be reached. */
int op_chdir(void *self, const union operands *op)
{
	cleanup_fd int fd = open_target(self, op->chdir.target.data, O_PATH | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	return fchdir(fd) < 0 ? -errno : 0;
}
