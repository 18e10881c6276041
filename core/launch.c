#include "launch.h"
#include "netlink.h"
#include "relay.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* As in linux/sched.h, which libc's sched.h contradicts. */
struct clone3_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
#define CLONE_INTO_CGROUP_FLAG 0x200000000u

static int op_host_mkdir(void *self, const union operands *op)
{
	struct launch *launch = self;
	if (mkdir(op->host_mkdir.path.data, (mode_t)op->host_mkdir.mode.number) < 0)
		return errno == EEXIST ? 0 : -errno;
	if (launch->made_count == MAX_MADE)
		return -EMFILE;
	launch->made[launch->made_count++] = op->host_mkdir.path.data;
	/* The shim's own umask keeps its state to itself; this directory may be for the container to see. */
	return chmod(op->host_mkdir.path.data, (mode_t)op->host_mkdir.mode.number) < 0 ? -errno : 0;
}

static int op_write(void *self, const union operands *op)
{
	int error = write_text(AT_FDCWD, op->write.path.data, op->write.value.data, op->write.value.size);
	for (uint32_t i = 0; error && i < op->write.ignore_errnos.size; i++) {
		int32_t ignored;
		memcpy(&ignored, op->write.ignore_errnos.data + 4 * i, sizeof(ignored));
		if (error == -ignored)
			return 0;
	}
	return error;
}

static int op_host_netlink(void *self, const union operands *op)
{
	struct launch *launch = self;
	const struct operand *message = &op->host_netlink.message;
	uint64_t offset = op->host_netlink.pid_offset.number;
	if (offset != UINT32_MAX) {
		if (offset + sizeof(launch->pid) > message->size)
			return -EBADMSG;
		memcpy(message->data + offset, &launch->pid, sizeof(launch->pid));
	}
	return netlink_talk((int)op->host_netlink.protocol.number, message->data, message->size);
}

static int op_listen(void *self, const union operands *op)
{
	struct launch *launch = self;
	return relay_listen(launch->shim, op, false);
}

static int op_listen_shared(void *self, const union operands *op)
{
	struct launch *launch = self;
	return relay_listen(launch->shim, op, true);
}

static int op_map_ids(void *self, const union operands *op)
{
	struct launch *launch = self;
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/uid_map", launch->pid);
	int error = write_text(AT_FDCWD, path, op->map_ids.uids.data, op->map_ids.uids.size);
	memcpy(strrchr(path, '/'), "/gid", 4);
	return error ? error : write_text(AT_FDCWD, path, op->map_ids.gids.data, op->map_ids.gids.size);
}

static int open_into(int *fd, const char *path, int flags)
{
	close_fd(fd);
	*fd = open(path, flags | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

static int op_enter_cgroup(void *self, const union operands *op)
{
	struct launch *launch = self;
	return open_into(&launch->cgroup, op->enter_cgroup.path.data, O_PATH | O_DIRECTORY);
}

static int op_enter_tasks(void *self, const union operands *op)
{
	struct init_options *options = &((struct launch *)self)->options;
	if (options->tasks_count == MAX_TASKS)
		return -EMFILE;
	int fd = open(op->enter_tasks.path.data, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	options->tasks[options->tasks_count++] = fd;
	return 0;
}

static int op_join_pid_namespace(void *self, const union operands *op)
{
	struct launch *launch = self;
	return open_into(&launch->pid_namespace, op->join_pid_namespace.path.data, O_RDONLY);
}

static int op_device_filter(void *self, const union operands *op)
{
	cleanup_fd int cgroup = open(op->device_filter.path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		return -errno;
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uintptr_t)op->device_filter.program.data,
		.insn_cnt = op->device_filter.program.size / sizeof(struct bpf_insn),
		.license = (uintptr_t) "Apache-2.0",
	};
	cleanup_fd int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	if (program < 0)
		return -errno;
	union bpf_attr attach = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};
	return syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof(attach)) < 0 ? -errno : 0;
}

static op_handler *const handlers[OP_COUNT] = {
	[OP_HOST_MKDIR] = op_host_mkdir,
	[OP_WRITE] = op_write,
	[OP_HOST_NETLINK] = op_host_netlink,
	[OP_LISTEN] = op_listen,
	[OP_LISTEN_SHARED] = op_listen_shared,
	[OP_HOLD_SOCKET] = op_hold_socket,
	[OP_MAP_IDS] = op_map_ids,
	[OP_ENTER_CGROUP] = op_enter_cgroup,
	[OP_ENTER_TASKS] = op_enter_tasks,
	[OP_JOIN_PID_NAMESPACE] = op_join_pid_namespace,
	[OP_DEVICE_FILTER] = op_device_filter,
};

/* The pid namespace cannot be entered by the process itself: the clone is made with the shim's children there. */
static int clone_process(struct launch *launch)
{
	struct clone3_args args = {
		.flags = launch->plan.clone_flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&launch->pidfd,
		.exit_signal = SIGCHLD,
	};
	if (launch->cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP_FLAG;
		args.cgroup = (uint64_t)launch->cgroup;
	}
	cleanup_fd int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (launch->pid_namespace >= 0 && setns(launch->pid_namespace, CLONE_NEWPID) < 0)
		return -errno;
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	int error = pid < 0 ? -errno : 0;
	if (pid == 0)
		init_main(&launch->options);
	if (launch->pid_namespace >= 0 && setns(own, CLONE_NEWPID) < 0)
		error = -errno;
	launch->pid = pid;
	return error;
}

static int run_outside(struct launch *launch, int error, const char *what)
{
	launch->failure = (struct failure){.list = LIST_BEFORE, .index = NO_INDEX, .error = -error};
	return fail(&launch->failure, error, "%s", what);
}

/* A process that died meanwhile is why the host's part failed; what it said tells more. */
static int explain(struct launch *launch, int error)
{
	struct pollfd control = {.fd = launch->control, .events = POLLIN};
	while (poll(&control, 1, 0) == 1) {
		struct message message;
		cleanup_fd int passed = -1;
		if (receive_message(launch->control, &message, &passed) <= 0)
			break;
		if (message.kind == MESSAGE_FAILED)
			launch->failure = message.failure;
	}
	return error;
}

int launch_start(struct launch *launch)
{
	int ends[2];
	int error = plan_run(&launch->plan, LIST_BEFORE, handlers, launch, &launch->failure);
	if (error)
		return error;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return run_outside(launch, -errno, "socketpair");
	launch->control = ends[0];
	launch->options.control = ends[1];
	launch->options.plan = &launch->plan;
	error = clone_process(launch);
	close(ends[1]);
	if (error)
		return run_outside(launch, error, "clone");
	error = plan_run(&launch->plan, LIST_AFTER, handlers, launch, &launch->failure);
	if (error)
		return explain(launch, error);
	/* A process that has died already says why on the control socket. */
	send_message(launch->control, &(struct message){.kind = MESSAGE_GO}, -1);
	return 0;
}

void launch_undo(struct launch *launch)
{
	if (launch->pid > 0) {
		kill(launch->pid, SIGKILL);
		waitpid(launch->pid, NULL, 0);
		launch->pid = 0;
	}
	while (launch->made_count > 0)
		rmdir(launch->made[--launch->made_count]);
}

void launch_close(struct launch *launch)
{
	close_fd(&launch->control);
	close_fd(&launch->cgroup);
	close_fd(&launch->pid_namespace);
	while (launch->options.tasks_count > 0)
		close(launch->options.tasks[--launch->options.tasks_count]);
	for (int fd = 0; fd < 3; fd++)
		close_fd(&launch->options.stdio[fd]);
}
