/* The launch plan's interpreter inside the new process: from the clone to the user's program. */
#pragma once
#include "plan.h"

#define MAX_TASKS 32

struct init_options;

struct init {
	const struct init_options *options;
	int root;    /* what `target` operands are resolved in */
	int proc;    /* the host's /proc, whatever the container mounts over it */
	int control; /* to the shim; closed by the exec that succeeds */
	int empty;   /* a masked directory: the read-only tmpfs that masks the next ones too */
	bool pivoted;
	struct failure failure;
};

/* What travels between init and shim on the control socket, one datagram a message. */
enum message_kind { MESSAGE_GO, MESSAGE_TERMINAL, MESSAGE_CREATED, MESSAGE_EXECUTING, MESSAGE_FAILED };

struct message {
	uint32_t kind;
	struct failure failure;
};

/* What the new process is given by the shim. */
struct init_options {
	const struct plan *plan;
	int control;
	int stdio[3];        /* -1: the shim's own, which is /dev/null unless START said otherwise */
	int join;            /* pidfd of the process whose namespaces it enters, or -1 */
	uint64_t namespaces; /* which of them, CLONE_NEW* */
	int tasks[MAX_TASKS]; /* files of cgroups of version 1 that it writes itself to */
	int tasks_count;
	bool hold;           /* wait for RELEASE before the exec */
	char *command_line;  /* the shim's, which tells its directory */
	size_t command_line_size;
};

_Noreturn void init_main(const struct init_options *options);

/* A container ends with its shim: to be said by every process of the core that changed its user since it was made. */
int tie_to_shim(const struct init *init);

int send_message(int control, const struct message *message, int passed_fd);
/* The size received, 0 when the other side is gone; `passed_fd` is -1 when none came. */
ssize_t receive_message(int control, struct message *message, int *passed_fd);

/* An operation that is one call, which sets errno when it fails. */
#define CALL_OP(name, call)                                       \
	int op_##name(void *self, const union operands *op)       \
	{                                                         \
		return (call) < 0 ? -errno : 0;                   \
	}

/* path.c: files inside the root. */
int open_target(const struct init *init, const char *target, int flags, uint64_t resolve);

op_handler op_root, op_mkdir, op_mknod, op_symlink, op_create_file, op_chdir;                       /* path.c */
op_handler op_mount, op_bind, op_place, op_setattr, op_propagate, op_umount, op_pivot_root, op_mask, op_readonly_path; /* mount.c */
op_handler op_terminal;                                                                              /* terminal.c */
op_handler op_setgroups, op_setgid, op_setuid, op_cap_bounding, op_cap_set, op_seccomp, op_no_new_privs,
	op_keyring, op_stdio_owner, op_rlimit; /* user.c */
op_handler op_supervise; /* supervise.c */
op_handler op_exec;      /* exec.c */

/* mount.c, for /dev/console: shows what `fd` holds at the target. */
int attach_clone(int from, int target, unsigned flags, uint64_t set, uint64_t clear, bool recursive_attributes);
