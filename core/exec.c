#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NOT_EXECUTED 255 /* exit code of a program that the kernel does not take */
#define REASON_SIZE 64

static char **pointers_to(const struct operand *texts)
{
	size_t size = (texts->size + 1) * sizeof(char *);
	char **pointers = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pointers == MAP_FAILED)
		return NULL;
	char *text = texts->data;
	for (uint32_t i = 0; i < texts->size; i++, text = next_text(text))
		pointers[i] = text;
	return pointers;
}

/* The system's words for an error, in lower case as Go has them. */
static const char *reason(int error, char text[REASON_SIZE])
{
	snprintf(text, REASON_SIZE, "%s", strerror(error));
	text[0] |= 'a' ^ 'A';
	return text;
}

/* Whether a file can be executed, by its type and rights; what is in it is seen by the exec. */
static int check_program(const char *path)
{
	struct stat found;
	if (stat(path, &found) < 0)
		return -errno;
	if (S_ISDIR(found.st_mode))
		return -EISDIR;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

static const char *search_path(char **env)
{
	for (; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "";
}

/* The first program of that name in the directories of PATH. */
static int search_program(const char *name, char **env, char path[PATH_MAX])
{
	for (const char *directory = search_path(env); *directory;) {
		int length = (int)strcspn(directory, ":");
		int size = snprintf(path, PATH_MAX, "%.*s/%s", length, length ? directory : ".", name);
		if (size < PATH_MAX && check_program(path) == 0)
			return 0;
		directory += length;
		directory += *directory == ':';
	}
	return -ENOENT;
}

/* The program's path, or why there is none, in the words of Go's os/exec as runc has them. */
static int find_program(struct init *init, const char *name, char **env, char path[PATH_MAX])
{
	char text[REASON_SIZE];
	bool searched = !strchr(name, '/');
	int error = searched ? search_program(name, env, path) : check_program(name);
	if (!searched)
		snprintf(path, PATH_MAX, "%s", name);
	if (searched && error)
		return fail(&init->failure, error, "exec: \"%s\": executable file not found in $PATH", name);
	if (error == -EISDIR)
		return fail(&init->failure, error, "exec: \"%s\": is a directory: permission denied", name);
	if (error == -EACCES && access(name, F_OK) == 0)
		return fail(&init->failure, error, "exec: \"%s\": permission denied", name);
	if (error)
		return fail(&init->failure, error, "exec: \"%s\": stat %s: %s", name, name, reason(-error, text));
	return 0;
}

static int await_release(const struct init *init)
{
	struct message message;
	int error = send_message(init->control, &(struct message){.kind = MESSAGE_CREATED}, -1);
	return !error && receive_message(init->control, &message, NULL) <= 0 ? -EPIPE : error;
}

int op_exec(void *self, const union operands *op)
{
	struct init *init = self;
	char **argv = pointers_to(&op->exec.argv);
	char **env = pointers_to(&op->exec.env);
	if (!argv || !env)
		return -ENOMEM;
	if (!argv[0])
		return -EINVAL;
	char path[PATH_MAX], text[REASON_SIZE];
	int error = find_program(init, argv[0], env, path);
	if (!error && init->options->hold)
		error = await_release(init);
	if (!error)
		error = tie_to_shim(init);
	if (!error)
		error = send_message(init->control, &(struct message){.kind = MESSAGE_EXECUTING}, -1);
	if (error)
		return error;
	execve(path, argv, env);
	/* Only now is seen that it has no known format, or no interpreter: it counts as started, and ends so. */
	dprintf(STDERR_FILENO, "exec %s: %s\n", path, reason(errno, text));
	_exit(NOT_EXECUTED);
}
