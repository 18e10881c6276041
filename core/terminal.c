#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <termios.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

static int check_devpts(int fd)
{
	struct statfs found;
	if (fstatfs(fd, &found) < 0)
		return -errno;
	return found.f_type == DEVPTS_SUPER_MAGIC ? 0 : -ENOTTY;
}

/* The container's own devpts, never a file that its image put there. */
static int open_master(const struct init *init)
{
	cleanup_fd int master = open_target(init, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, RESOLVE_NO_SYMLINKS);
	if (master < 0)
		return master;
	int error = check_devpts(master);
	int unlocked = 0;
	if (!error && ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		error = -errno;
	if (error)
		return error;
	int opened = master;
	master = -1;
	return opened;
}

static int show_on_console(const struct init *init, int slave)
{
	cleanup_fd int console = open_target(init, "/dev/console", O_PATH, RESOLVE_NO_SYMLINKS);
	return console < 0 ? console : attach_clone(slave, console, 0, 0, 0, false);
}

/* The peer is asked of the master, not opened by its name, which another process could have replaced. */
int op_terminal(void *self, const union operands *op)
{
	struct init *init = self;
	cleanup_fd int master = open_master(init);
	if (master < 0)
		return master;
	cleanup_fd int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	struct winsize size = {
		.ws_row = (unsigned short)op->terminal.rows.number,
		.ws_col = (unsigned short)op->terminal.columns.number,
	};
	int error = check_devpts(slave);
	if (!error && op->terminal.console.number)
		error = show_on_console(init, slave);
	if (error)
		return error;
	if (ioctl(slave, TIOCSWINSZ, &size) < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++)
		if (dup2(slave, fd) < 0)
			return -errno;
	return send_message(init->control, &(struct message){.kind = MESSAGE_TERMINAL}, master);
}
