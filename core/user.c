#include "init.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* The raw calls: libc's wrappers are for programs with threads. */
CALL_OP(setgroups, syscall(SYS_setgroups, op->setgroups.gids.size, op->setgroups.gids.data))
CALL_OP(no_new_privs, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))

int op_setgid(void *self, const union operands *op)
{
	gid_t gid = (gid_t)op->setgid.gid.number;
	return syscall(SYS_setresgid, gid, gid, gid) < 0 ? -errno : 0;
}

/* Keeps the permitted capabilities for the capSet that follows. */
int op_setuid(void *self, const union operands *op)
{
	uid_t uid = (uid_t)op->setuid.uid.number;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return -errno;
	return syscall(SYS_setresuid, uid, uid, uid) < 0 ? -errno : 0;
}

int op_cap_bounding(void *self, const union operands *op)
{
	for (int capability = 0; capability < 64; capability++) {
		int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
		if (held < 0)
			return 0;
		if (!held || (op->cap_bounding.mask.number >> capability & 1))
			continue;
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

static int raise_ambient(uint64_t mask)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return errno == EINVAL && !mask ? 0 : -errno;
	for (int capability = 0; capability < 64; capability++)
		if ((mask >> capability & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
			return -errno;
	return 0;
}

int op_cap_set(void *self, const union operands *op)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2];
	for (int half = 0; half < 2; half++) {
		sets[half].effective = (uint32_t)(op->cap_set.effective.number >> (32 * half));
		sets[half].permitted = (uint32_t)(op->cap_set.permitted.number >> (32 * half));
		sets[half].inheritable = (uint32_t)(op->cap_set.inheritable.number >> (32 * half));
	}
	if (syscall(SYS_capset, &header, sets) < 0)
		return -errno;
	return raise_ambient(op->cap_set.ambient.number);
}

int op_seccomp(void *self, const union operands *op)
{
	struct sock_fprog program = {
		.len = (unsigned short)(op->seccomp.program.size / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(void *)op->seccomp.program.data,
	};
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, op->seccomp.flags.number, &program);
	return result < 0 ? -errno : 0;
}

int op_keyring(void *self, const union operands *op)
{
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, op->keyring.name.data);
	return keyring < 0 && errno != ENOSYS ? -errno : 0;
}

/* So that the user can open /dev/stdout again by its name; /dev/null and other shared devices stay as they are. */
int op_stdio_owner(void *self, const union operands *op)
{
	for (int fd = 0; fd < 3; fd++) {
		struct stat found;
		if (fstat(fd, &found) < 0)
			continue;
		if (S_ISCHR(found.st_mode) && !isatty(fd))
			continue;
		if (fchown(fd, (uid_t)op->stdio_owner.uid.number, (gid_t)-1) < 0 && errno != EPERM && errno != EROFS)
			return -errno;
	}
	return 0;
}

int op_rlimit(void *self, const union operands *op)
{
	struct rlimit limit = {.rlim_cur = op->rlimit.soft.number, .rlim_max = op->rlimit.hard.number};
	return setrlimit((int)op->rlimit.resource.number, &limit) < 0 ? -errno : 0;
}
