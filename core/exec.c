#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

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

static int execute(const char *path, char **argv, char **env)
{
	execve(path, argv, env);
	int error = errno;
	struct stat found;
	if (error == EACCES && stat(path, &found) == 0 && S_ISDIR(found.st_mode))
		error = EISDIR;
	return -error;
}

static const char *search_path(char **env)
{
	for (; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "";
}

/* Tries every directory of PATH; the failure that tells most is the one returned. */
static int search_and_execute(char **argv, char **env)
{
	char path[PATH_MAX];
	int result = -ENOENT;
	for (const char *directory = search_path(env); *directory;) {
		int length = (int)strcspn(directory, ":");
		int size = snprintf(path, sizeof(path), "%.*s/%s", length, length ? directory : ".", argv[0]);
		if (size < (int)sizeof(path)) {
			int error = execute(path, argv, env);
			if (error != -ENOENT && error != -ENOTDIR && error != -EISDIR)
				result = error;
			if (error == -ENOEXEC)
				break;
		}
		directory += length;
		directory += *directory == ':';
	}
	return result;
}

static int explain(struct init *init, int error, const char *name)
{
	bool searched = !strchr(name, '/');
	if (searched && error == -ENOENT)
		return fail(&init->failure, error, "exec: \"%s\": executable file not found in $PATH", name);
	if (error == -EACCES)
		return fail(&init->failure, error, "exec: \"%s\": permission denied", name);
	if (error == -EISDIR)
		return fail(&init->failure, error, "exec: \"%s\": is a directory", name);
	if (error == -ENOENT && access(name, F_OK) == 0)
		return fail(&init->failure, error, "exec %s: no such file or directory", name);
	if (error == -ENOENT)
		return fail(&init->failure, error, "exec: \"%s\": stat %s: no such file or directory", name, name);
	if (error == -ENOEXEC)
		return fail(&init->failure, error, "exec %s: exec format error", name);
	return error;
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
	int error = init->options->hold ? await_release(init) : 0;
	if (!error)
		error = tie_to_shim(init);
	if (!error)
		error = send_message(init->control, &(struct message){.kind = MESSAGE_EXECUTING}, -1);
	if (error)
		return error;
	error = strchr(argv[0], '/') ? execute(argv[0], argv, env) : search_and_execute(argv, env);
	return explain(init, error, argv[0]);
}
