#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The process group is kept as long as there is something left of it. */
static void remember(struct shim *shim, struct process *exec)
{
	struct ended_exec *ended = &shim->ended[shim->ended_count++ % MAX_ENDED];
	if (ended->group > 0)
		close(ended->group);
	*ended = (struct ended_exec){.pid = (uint32_t)exec->pid,
				     .code = (uint32_t)exec->code,
				     .signal = (uint32_t)exec->signal,
				     .time_ns = exec->ended_ns};
	memcpy(ended->id, exec->id, sizeof(ended->id));
	if (group_signal(exec->launch.pidfd, 0) == 0) {
		ended->group = exec->launch.pidfd;
		exec->launch.pidfd = -1;
	}
}

int ended_exec_signal(const struct shim *shim, const char *id, int signal)
{
	for (int i = 0; i < MAX_ENDED; i++)
		if (shim->ended[i].group > 0 && strcmp(shim->ended[i].id, id) == 0)
			return group_signal(shim->ended[i].group, signal);
	return -ESRCH;
}

/* Every byte that the exec wrote has reached its client: now its exit is told. */
static void finish(struct shim *shim, struct process *exec)
{
	if (exec->state == PROCESS_ENDED) {
		remember(shim, exec);
		tell_exit(exec);
	}
	close_fd(&exec->launch.pidfd);
	free(exec);
}

int64_t execs_settle(struct shim *shim, uint64_t now)
{
	int64_t wait = -1;
	for (struct process **link = &shim->execs; *link;) {
		struct process *exec = *link;
		wait = earlier(wait, process_settle(exec, now));
		if (process_finished(exec)) {
			*link = exec->next;
			finish(shim, exec);
		} else {
			link = &exec->next;
		}
	}
	return wait;
}

static int append_exec(struct buffer *list, enum process_state state, const struct ended_exec *exec)
{
	struct {
		uint32_t state, pid, code, signal;
		uint64_t time_ns;
		uint32_t id_size;
	} __attribute__((packed)) head = {state, exec->pid, exec->code, exec->signal, exec->time_ns,
					  (uint32_t)strlen(exec->id)};
	int error = buffer_append(list, &head, sizeof(head));
	return error ? error : buffer_append(list, exec->id, (head.id_size + 4) & ~3u);
}

int execs_describe(const struct shim *shim, struct buffer *list)
{
	int error = 0;
	uint32_t oldest = shim->ended_count > MAX_ENDED ? shim->ended_count - MAX_ENDED : 0;
	for (uint32_t i = oldest; i < shim->ended_count && !error; i++)
		error = append_exec(list, PROCESS_ENDED, &shim->ended[i % MAX_ENDED]);
	for (const struct process *exec = shim->execs; exec && !error; exec = exec->next) {
		struct ended_exec running = {.pid = (uint32_t)exec->pid};
		memcpy(running.id, exec->id, sizeof(running.id));
		error = append_exec(list, PROCESS_RUNNING, &running);
	}
	return error;
}
