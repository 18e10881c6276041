/* The shim's half of a launch: the plan's host lists, the clone, and what it undoes when something fails. */
#pragma once
#include "init.h"

#define MAX_MADE 64

struct shim;

struct launch {
	struct shim *shim;
	struct plan plan;
	struct init_options options;
	pid_t pid;
	int pidfd;
	int control; /* the shim's end */
	int cgroup;        /* cgroup v2 directory to clone into, or -1 */
	int pid_namespace; /* what the clone's pid namespace hangs below, or -1 */
	const char *made[MAX_MADE]; /* directories to remove when the launch fails; they point into the plan */
	int made_count;
	struct failure failure;
};

op_handler op_hold_socket; /* sockets.c: in the new process's network namespace */

/* Returns with the process in its `init` list; how that ends comes as messages on `control`. */
int launch_start(struct launch *launch);
/* Kills and reaps the process, if there is one, and removes what the plan made. */
void launch_undo(struct launch *launch);
void launch_close(struct launch *launch);
