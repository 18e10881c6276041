/*
 * Starts a command COUNT times, JOBS at a time, and prints "<microseconds> <exit code>" for each and
 * "total <microseconds>" at the end. The child enters a cgroup and another process's namespaces between fork
 * and exec, so that no wrapper process is in the time that is measured. "{}" in an argument becomes the index.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct options {
	int count;
	int jobs;
	int mount_ns;
	int net_ns;
	int cgroup_procs;
	int input;
	int output;
	char **command;
};

struct run {
	pid_t pid;
	int64_t started_us;
	int64_t took_us;
	int exit_code;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static int positive(const char *text)
{
	int value = atoi(text);

	if (value < 1)
		errx(2, "not a positive number: %s", text);
	return value;
}

static struct options parse_options(int argc, char **argv)
{
	struct options options = { 1, 1, -1, -1, -1, -1, -1, NULL };
	int flag;

	while ((flag = getopt(argc, argv, "+c:j:m:n:g:i:o:")) != -1) {
		switch (flag) {
		case 'c': options.count = positive(optarg); break;
		case 'j': options.jobs = positive(optarg); break;
		case 'm': options.mount_ns = open_or_die(optarg, O_RDONLY); break;
		case 'n': options.net_ns = open_or_die(optarg, O_RDONLY); break;
		case 'g': options.cgroup_procs = open_or_die(optarg, O_WRONLY); break;
		case 'i': options.input = open_or_die(optarg, O_RDONLY); break;
		case 'o': options.output = open_or_die(optarg, O_WRONLY | O_CREAT | O_APPEND); break;
		default:
			errx(2, "usage: spawn [-c COUNT] [-j JOBS] [-m MOUNT-NS] [-n NET-NS] [-g CGROUP.PROCS] [-i FILE] [-o FILE] COMMAND...");
		}
	}
	options.command = argv + optind;
	if (!*options.command)
		errx(2, "no command");
	if (options.input < 0)
		options.input = open_or_die("/dev/null", O_RDONLY);
	if (options.output < 0)
		options.output = open_or_die("/dev/null", O_WRONLY);
	return options;
}

static char *with_index(const char *argument, int index)
{
	const char *mark = strstr(argument, "{}");
	char *text;

	if (!mark)
		return (char *)argument;
	if (asprintf(&text, "%.*s%d%s", (int)(mark - argument), argument, index, mark + 2) < 0)
		err(2, "asprintf");
	return text;
}

static char **arguments_of(char **command, int index)
{
	int length = 0;
	char **arguments;

	while (command[length])
		length++;
	arguments = calloc((size_t)length + 1, sizeof(*arguments));
	if (!arguments)
		err(2, "calloc");
	for (int i = 0; i < length; i++)
		arguments[i] = with_index(command[i], index);
	return arguments;
}

static void enter(const struct options *options)
{
	if (options->cgroup_procs >= 0 && write(options->cgroup_procs, "0", 1) < 0)
		err(126, "cgroup");
	if (options->mount_ns >= 0 && setns(options->mount_ns, CLONE_NEWNS) < 0)
		err(126, "mount namespace");
	if (options->net_ns >= 0 && setns(options->net_ns, CLONE_NEWNET) < 0)
		err(126, "network namespace");
}

static void start(struct run *run, const struct options *options, char **arguments)
{
	run->started_us = now_us();
	run->pid = fork();
	if (run->pid < 0)
		err(2, "fork");
	if (run->pid > 0)
		return;
	enter(options);
	dup2(options->input, STDIN_FILENO);
	dup2(options->output, STDOUT_FILENO);
	dup2(options->output, STDERR_FILENO);
	execvp(arguments[0], arguments);
	err(127, "%s", arguments[0]);
}

static void reap(struct run *runs, int started)
{
	int status;
	pid_t pid = wait(&status);
	int64_t now = now_us();

	if (pid < 0)
		err(2, "wait");
	for (int i = 0; i < started; i++) {
		if (runs[i].pid != pid)
			continue;
		runs[i].took_us = now - runs[i].started_us;
		runs[i].exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		return;
	}
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	struct run *runs = calloc((size_t)options.count, sizeof(*runs));
	int started = 0;
	int done = 0;
	int64_t begin = now_us();

	if (!runs)
		err(2, "calloc");
	while (done < options.count) {
		for (; started < options.count && started - done < options.jobs; started++)
			start(&runs[started], &options, arguments_of(options.command, started));
		reap(runs, started);
		done++;
	}
	int64_t total_us = now_us() - begin;
	for (int i = 0; i < options.count; i++)
		printf("%lld %d\n", (long long)runs[i].took_us, runs[i].exit_code);
	printf("total %lld\n", (long long)total_us);
	return 0;
}
