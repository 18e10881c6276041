#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4u
#endif
#define JOINED_NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP)

static void write_file(const char *name, const char *text, int size)
{
	char temporary[32];
	snprintf(temporary, sizeof(temporary), ".%s", name);
	cleanup_fd int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, text, (size_t)size) == size)
		rename(temporary, name);
}

static void release_launch(struct process *process)
{
	if (process->control.fd >= 0)
		process->launch.control = -1;
	watch_close(process->shim, &process->control);
	launch_close(&process->launch);
	buffer_free(&process->request);
}

static bool is_container(const struct process *process)
{
	return process->id[0] == '\0';
}

/* Tells the container's watchers, or the one client that asked for the exec. */
static void tell_asker(struct process *process, enum frame_type type, const void *payload, size_t size)
{
	if (is_container(process))
		tell_watchers(process->shim, type, payload, size);
	else if (process->clients)
		send_frame(process->clients->watch.fd, type, payload, size);
}

void process_failed(struct process *process)
{
	struct failure failure = process->launch.failure;
	failure.text[sizeof(failure.text) - 1] = '\0';
	launch_undo(&process->launch);
	process->reaped = true;
	close_fd(&process->launch.pidfd);
	stdio_close(process);
	if (is_container(process))
		shim_retire(process->shim);
	tell_asker(process, FRAME_FAILED, &failure, offsetof(struct failure, text) + strlen(failure.text));
	release_launch(process);
	process->state = PROCESS_FAILED;
	clients_finish(process);
}

static void process_started(struct process *process)
{
	uint32_t pid = (uint32_t)process->pid;
	char text[16];
	process->state = PROCESS_RUNNING;
	if (is_container(process))
		write_file("init.pid", text, snprintf(text, sizeof(text), "%u\n", pid));
	tell_asker(process, FRAME_STARTED, &pid, sizeof(pid));
	release_launch(process);
	stdio_begin(process);
}

static void on_control(struct watch *watch, uint32_t events)
{
	struct process *process = container_of(watch, struct process, control);
	struct message message;
	int passed;
	ssize_t size = receive_message(watch->fd, &message, &passed);
	if (size <= 0 && (process->executing || process->state == PROCESS_CREATED)) {
		process_started(process);
	} else if (size <= 0) {
		process->launch.failure = (struct failure){.list = LIST_INIT, .index = NO_INDEX, .error = ESRCH};
		fail(&process->launch.failure, 0, "the process was killed during its set-up");
		process_failed(process);
	} else if (message.kind == MESSAGE_TERMINAL && passed >= 0) {
		stdio_use_terminal(process, passed);
	} else if (message.kind == MESSAGE_CREATED) {
		uint32_t pid = (uint32_t)process->pid;
		process->state = PROCESS_CREATED;
		tell_asker(process, FRAME_CREATED, &pid, sizeof(pid));
	} else if (message.kind == MESSAGE_EXECUTING) {
		process->executing = true;
	} else if (message.kind == MESSAGE_FAILED) {
		process->launch.failure = message.failure;
		process_failed(process);
	}
}

static int prepare_launch(struct process *process, char *plan, size_t size)
{
	struct launch *launch = &process->launch;
	*launch = (struct launch){
		.shim = process->shim,
		.pidfd = -1,
		.control = -1,
		.cgroup = -1,
		.pid_namespace = -1,
		.options = {.stdio = {-1, -1, -1},
			    .join = -1,
			    .hold = process->flags & START_HOLD,
			    .command_line = process->shim->command_line,
			    .command_line_size = process->shim->command_line_size},
		.failure = {.list = LIST_BEFORE, .index = NO_INDEX},
	};
	if (!is_container(process)) {
		const struct launch *container = &process->shim->container.launch;
		launch->pid_namespace = fcntl(container->pidfd, F_DUPFD_CLOEXEC, 3);
		launch->options.join = container->pidfd;
		launch->options.namespaces = JOINED_NAMESPACES | (container->plan.clone_flags & CLONE_NEWUSER);
	}
	int error = stdio_open(process);
	if (!error)
		error = plan_open(&launch->plan, plan, size);
	if (error)
		launch->failure.error = -error;
	return error;
}

void process_launch(struct process *process, char *plan, size_t size)
{
	struct launch *launch = &process->launch;
	process->state = PROCESS_STARTING;
	process->control = (struct watch){.fd = -1, .ready = on_control};
	int error = prepare_launch(process, plan, size);
	if (!error)
		error = launch_start(launch);
	if (error) {
		process_failed(process);
		return;
	}
	process->pid = launch->pid;
	process->control.fd = launch->control;
	for (int fd = 0; fd < 3; fd++)
		close_fd(&launch->options.stdio[fd]);
	watch_for(process->shim, &process->control, EPOLLIN);
}

int group_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, PIDFD_SIGNAL_PROCESS_GROUP) < 0 ? -errno : 0;
}

static int kill_group(const struct process *process, int signal)
{
	int error = group_signal(process->launch.pidfd, signal);
	if (error != -EINVAL)
		return error;
	/* A kernel before 6.9: the group is named by a number, which is its own only while its leader is there. */
	return process->reaped ? -ESRCH : kill(-process->pid, signal) < 0 ? -errno : 0;
}

int process_kill(const struct process *process, int signal, bool group)
{
	if (process->launch.pidfd < 0 || (process->reaped && !group))
		return -ESRCH;
	if (group)
		return kill_group(process, signal);
	return syscall(SYS_pidfd_send_signal, process->launch.pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

void process_reaped(struct process *process, int status)
{
	process->reaped = true;
	process->launch.pid = 0;
	process->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	process->code = process->signal ? 128 + process->signal : WEXITSTATUS(status);
	process->ended_ms = now_ms();
	process->ended_ns = wall_ns();
	for (struct process *exec = process->shim->execs; is_container(process) && exec; exec = exec->next)
		process_kill(exec, SIGKILL, false);
}

struct exit_report {
	uint32_t code, signal;
	uint64_t time_ns;
	char id[72];
};

void tell_exit(struct process *process)
{
	struct exit_report report = {(uint32_t)process->code, (uint32_t)process->signal, process->ended_ns, ""};
	size_t size = offsetof(struct exit_report, id) + strlen(process->id);
	memcpy(report.id, process->id, sizeof(report.id));
	tell_watchers(process->shim, is_container(process) ? FRAME_EXIT : FRAME_EXEC_EXIT, &report, size);
}

/* Everything the process wrote has been passed on, or will not come any more. */
static void process_ended(struct process *process)
{
	char text[64];
	stdio_close(process);
	process->state = PROCESS_ENDED;
	if (is_container(process)) {
		int size = snprintf(text, sizeof(text), "%d %d %llu\n", process->code, process->signal,
				    (unsigned long long)process->ended_ns);
		write_file("exit", text, size);
		shim_retire(process->shim);
		tell_exit(process);
	}
	clients_finish(process);
}

int64_t process_settle(struct process *process, uint64_t now)
{
	int64_t wait = clients_overdue(process, now);
	if (process->state != PROCESS_RUNNING || !process->reaped)
		return wait;
	int64_t left = (int64_t)(process->ended_ms + GRACE_MS - now);
	if (sources_open(process) && left > 0)
		return wait < 0 || left < wait ? left : wait;
	process_ended(process);
	return clients_overdue(process, now);
}

bool process_finished(struct process *process)
{
	return process->state >= PROCESS_ENDED && !process->clients;
}

