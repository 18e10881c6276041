#include "init.h"
#include "netlink.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int send_message(int control, const struct message *message, int passed_fd)
{
	return send_passing(control, message, sizeof(*message), passed_fd, 0);
}

ssize_t receive_message(int control, struct message *message, int *passed_fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} passing = {0};
	struct iovec bytes = {.iov_base = message, .iov_len = sizeof(*message)};
	struct msghdr datagram = {.msg_iov = &bytes, .msg_iovlen = 1};
	if (passed_fd) {
		*passed_fd = -1;
		datagram.msg_control = &passing;
		datagram.msg_controllen = sizeof(passing);
	}
	/* A peer that ended before it read our word: an error, once, and then its own words. */
	ssize_t size;
	do
		size = recvmsg(control, &datagram, MSG_CMSG_CLOEXEC);
	while (size < 0 && errno == ECONNRESET);
	struct cmsghdr *header = size > 0 && passed_fd ? CMSG_FIRSTHDR(&datagram) : NULL;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(passed_fd, CMSG_DATA(header), sizeof(int));
	return size < 0 ? -errno : size;
}

/* A container ends with its shim; the kernel forgets the wish whenever the user changes. */
int tie_to_shim(const struct init *init)
{
	struct pollfd control = {.fd = init->control};
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return poll(&control, 1, 0) > 0 && (control.revents & POLLHUP) ? -EPIPE : 0;
}

static int op_wait(void *self, const union operands *op)
{
	struct init *init = self;
	struct message message;
	return receive_message(init->control, &message, NULL) > 0 ? 0 : -EPIPE;
}

static int op_setns(void *self, const union operands *op)
{
	cleanup_fd int namespace = open(op->setns.path.data, O_RDONLY | O_CLOEXEC);
	if (namespace < 0 || setns(namespace, (int)op->setns.kind.number) < 0)
		return -errno;
	return 0;
}

static CALL_OP(unshare, unshare((int)op->unshare.flags.number))
static CALL_OP(hostname, sethostname(op->hostname.name.data, op->hostname.name.size))
static CALL_OP(domainname, setdomainname(op->domainname.name.data, op->domainname.name.size))
static CALL_OP(close_fds, syscall(SYS_close_range, (unsigned)op->close_fds.from.number, ~0u, CLOSE_RANGE_CLOEXEC))

static int op_write_proc(void *self, const union operands *op)
{
	struct init *init = self;
	return write_text(init->proc, op->write_proc.path.data, op->write_proc.value.data, op->write_proc.value.size);
}

static int op_netlink(void *self, const union operands *op)
{
	return netlink_talk((int)op->netlink.protocol.number, op->netlink.message.data, op->netlink.message.size);
}

static int op_umask(void *self, const union operands *op)
{
	umask((mode_t)op->umask.mode.number);
	return 0;
}

static op_handler *const handlers[OP_COUNT] = {
	[OP_WAIT] = op_wait,
	[OP_SETNS] = op_setns,
	[OP_UNSHARE] = op_unshare,
	[OP_ROOT] = op_root,
	[OP_MOUNT] = op_mount,
	[OP_BIND] = op_bind,
	[OP_PLACE] = op_place,
	[OP_SETATTR] = op_setattr,
	[OP_PROPAGATE] = op_propagate,
	[OP_UMOUNT] = op_umount,
	[OP_MKDIR] = op_mkdir,
	[OP_MKNOD] = op_mknod,
	[OP_SYMLINK] = op_symlink,
	[OP_CREATE_FILE] = op_create_file,
	[OP_PIVOT_ROOT] = op_pivot_root,
	[OP_MASK] = op_mask,
	[OP_READONLY_PATH] = op_readonly_path,
	[OP_HOSTNAME] = op_hostname,
	[OP_DOMAINNAME] = op_domainname,
	[OP_WRITE_PROC] = op_write_proc,
	[OP_NETLINK] = op_netlink,
	[OP_RLIMIT] = op_rlimit,
	[OP_TERMINAL] = op_terminal,
	[OP_CHDIR] = op_chdir,
	[OP_UMASK] = op_umask,
	[OP_NO_NEW_PRIVS] = op_no_new_privs,
	[OP_CAP_BOUNDING] = op_cap_bounding,
	[OP_SETGROUPS] = op_setgroups,
	[OP_SETGID] = op_setgid,
	[OP_SETUID] = op_setuid,
	[OP_CAP_SET] = op_cap_set,
	[OP_SECCOMP] = op_seccomp,
	[OP_KEYRING] = op_keyring,
	[OP_STDIO_OWNER] = op_stdio_owner,
	[OP_CLOSE_FDS] = op_close_fds,
	[OP_SUPERVISE] = op_supervise,
	[OP_EXEC] = op_exec,
};

/* The shim's other descriptors would keep its connections open and lead out of the container. */
static void close_all_but(int first, int second)
{
	unsigned low = (unsigned)(first < second ? first : second);
	unsigned high = (unsigned)(first < second ? second : first);
	if (low > 3)
		syscall(SYS_close_range, 3u, low - 1, 0u);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0u);
	syscall(SYS_close_range, high + 1, ~0u, 0u);
}

/* Nothing of the shim's own state may be seen by the program. */
static void reset_process(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setsid();
	umask(0);
}

/* A process that moves itself is moved at once; for another's, the kernel waits until nobody looks at it. */
static int enter_cgroups(struct init *init, const struct init_options *options)
{
	for (int i = 0; i < options->tasks_count; i++)
		if (write(options->tasks[i], "0", 1) < 0)
			return fail(&init->failure, -errno, "entering the cgroup");
	return 0;
}

static int prepare(struct init *init, const struct init_options *options)
{
	int error = enter_cgroups(init, options);
	if (error)
		return error;
	for (int fd = 0; fd < 3; fd++)
		if (options->stdio[fd] >= 0 && dup2(options->stdio[fd], fd) < 0)
			return -errno;
	init->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (init->proc < 0)
		return -errno;
	if (options->join >= 0 && setns(options->join, (int)options->namespaces) < 0)
		return -errno;
	close_all_but(init->control, init->proc);
	init->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return init->root < 0 || chdir("/") < 0 ? -errno : 0;
}

_Noreturn void init_main(const struct init_options *options)
{
	struct init init = {.root = -1, .empty = -1, .control = options->control, .options = options};
	reset_process();
	int error = prepare(&init, options);
	if (error) {
		init.failure.list = LIST_INIT;
		init.failure.index = NO_INDEX;
		init.failure.error = -error;
	} else {
		error = plan_run(options->plan, LIST_INIT, handlers, &init, &init.failure);
		if (!error)
			init.failure.error = ENOEXEC;
	}
	send_message(init.control, &(struct message){.kind = MESSAGE_FAILED, .failure = init.failure}, -1);
	_exit(127);
}
