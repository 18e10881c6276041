#include "init.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define SHIM_FD_START 3

/* The program's process: the rest of the list runs in it. It has the terminal, whose signals are for it alone. */
static int become_child(const sigset_t *before)
{
	pid_t self = getpid();
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	ioctl(STDIN_FILENO, TIOCSPGRP, &self);
	signal(SIGTTOU, SIG_DFL);
	return sigprocmask(SIG_SETMASK, before, NULL) < 0 ? -errno : 0;
}

/* Reaps whoever has ended; the program's status as an exit code, or -1 while it runs. */
static int reap(pid_t program, int options)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, options)) > 0;)
		if (pid == program)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return -1;
}

/* Every signal but those that ask for nothing of the program. Where a filter forbids to wait, it only reaps. */
_Noreturn static void supervise(pid_t program, const sigset_t *signals)
{
	int options = WNOHANG;
	for (int code;;) {
		if ((code = reap(program, options)) >= 0)
			_exit(code);
		int number = sigwaitinfo(signals, NULL);
		if (number < 0 && errno != EINTR)
			options = 0;
		else if (number > 0 && number != SIGCHLD && number != SIGTTIN && number != SIGTTOU)
			kill(program, number);
	}
}

/* What `ps` shows. A last byte that is not zero tells the kernel that the text ends at its first one. */
static void rename_process(char *command_line, size_t size)
{
	memset(command_line, 0, size - 1);
	memcpy(command_line, "init", sizeof("init"));
	command_line[size - 1] = 1;
	prctl(PR_SET_NAME, "init");
}

/* It stays behind with nothing of the shim: no descriptor, and no word of the host in what is seen of it. */
int op_supervise(void *self, const union operands *op)
{
	const struct init *init = self;
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t program = fork();
	if (program < 0)
		return -errno;
	if (program == 0)
		return become_child(&before);
	tie_to_shim(init);
	syscall(SYS_close_range, SHIM_FD_START, ~0u, 0u);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rename_process(init->options->command_line, init->options->command_line_size);
	supervise(program, &all);
}
