/* wharf-core: the C half of Wharf. `wharf-core shim --dir=DIR [--connections=N]` serves one container. */
#include "core.h"
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int copy_to_memory(int file)
{
	struct stat found;
	cleanup_fd int memory = (int)syscall(SYS_memfd_create, "wharf-core", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (memory < 0 && errno == EINVAL)
		memory = (int)syscall(SYS_memfd_create, "wharf-core", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory < 0 || fstat(file, &found) < 0)
		return -errno;
	for (off_t done = 0; done < found.st_size;)
		if (sendfile(memory, file, &done, (size_t)(found.st_size - done)) <= 0)
			return -EIO;
	if (fcntl(memory, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	int sealed = memory;
	memory = -1;
	return sealed;
}

/*
 * A container can open /proc/PID/exe of the process that becomes its init and write to the file behind it. So the
 * core runs from a sealed copy of itself, which nobody can write, not even root.
 */
static int run_sealed(char **argv, char **env)
{
	cleanup_fd int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (self < 0)
		return -errno;
	if (fcntl(self, F_GET_SEALS) == SEALS)
		return 0;
	cleanup_fd int sealed = copy_to_memory(self);
	if (sealed < 0)
		return sealed;
	syscall(SYS_execveat, sealed, "", argv, env, AT_EMPTY_PATH);
	return -errno;
}

int main(int argc, char **argv, char **env)
{
	if (argc < 2 || strcmp(argv[1], "shim") != 0) {
		fprintf(stderr, "usage: %s shim --dir=DIR [--connections=N]\n", argv[0]);
		return 2;
	}
	int error = run_sealed(argv, env);
	if (!error)
		error = shim_main(argc, argv);
	if (error)
		fprintf(stderr, "wharf-core: %s\n", strerror(-error));
	return error ? 1 : 0;
}
