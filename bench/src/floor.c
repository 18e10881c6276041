/*
 * What the kernel itself needs for a container: new namespaces, a cgroup in every hierarchy, the standard mounts
 * and devices, masked paths, with "docker-like" a seccomp filter, then exec of /bin/true and its end. No parsing, no
 * allocation, nothing decided: an OCI runtime can come near this and not below.
 *
 *   floor minimal|docker-like ROOTFS
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SYSCALLS = 470 };

static const char *const controllers[] = { "cpuset", "memory", "cpu", "pids", "devices", "freezer", "blkio", "cpuacct" };
static const char *const read_only[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
static const char *const masked[] = { "/proc/kcore", "/proc/keys", "/proc/timer_list" };

static void mount_or_die(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
	if (mount(source, target, type, flags, data) < 0)
		err(3, "mount %s", target);
}

/* Writes to a file that may be missing: hosts differ in their hierarchies. */
static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		warn("%s", path);
	close(fd);
}

static void cgroup_path(char path[static 128], const char *controller, const char *file)
{
	snprintf(path, 128, "/sys/fs/cgroup/%s/bench-floor-%d%s", controller, getpid(), file);
}

static void make_cgroups(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++) {
		cgroup_path(path, controllers[i], "");
		mkdir(path, 0755);
	}
	cgroup_path(path, "cpuset", "/cpuset.cpus");
	write_file(path, "0");
	cgroup_path(path, "cpuset", "/cpuset.mems");
	write_file(path, "0");
}

static void attach(pid_t pid)
{
	char path[128];
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++) {
		cgroup_path(path, controllers[i], "/cgroup.procs");
		write_file(path, text);
	}
}

static void remove_cgroups(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(controllers) / sizeof(*controllers); i++) {
		cgroup_path(path, controllers[i], "");
		rmdir(path);
	}
}

static void make_devices(void)
{
	static const struct { const char *path; unsigned int major, minor; } devices[] = {
		{ "dev/null", 1, 3 }, { "dev/zero", 1, 5 }, { "dev/full", 1, 7 },
		{ "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 },
	};

	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		if (mknod(devices[i].path, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor)) < 0)
			err(3, "%s", devices[i].path);
	if (symlink("/proc/self/fd", "dev/fd") < 0 || symlink("pts/ptmx", "dev/ptmx") < 0)
		err(3, "symlink");
}

static void mount_root(const char *root)
{
	const unsigned long confined = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	mount_or_die(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	mount_or_die(root, root, NULL, MS_BIND | MS_REC, NULL);
	if (chdir(root) < 0)
		err(3, "%s", root);
	mount_or_die("proc", "proc", "proc", confined, NULL);
	mount_or_die("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=65536k");
	if (mkdir("dev/pts", 0755) < 0 || mkdir("dev/mqueue", 0755) < 0 || mkdir("dev/shm", 0755) < 0)
		err(3, "dev");
	mount_or_die("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
	mount_or_die("shm", "dev/shm", "tmpfs", confined, "mode=1777,size=65536k");
	mount_or_die("mqueue", "dev/mqueue", "mqueue", confined, NULL);
	mount_or_die("sysfs", "sys", "sysfs", confined | MS_RDONLY, NULL);
	make_devices();
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		err(3, "pivot_root");
}

/* Kernels differ in what they have of these. */
static void hide_paths(void)
{
	for (size_t i = 0; i < sizeof(read_only) / sizeof(*read_only); i++) {
		if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL) < 0)
			continue;
		mount_or_die(NULL, read_only[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
	}
	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++)
		mount("/dev/null", masked[i], NULL, MS_BIND, NULL);
}

/* A search tree over the system call numbers from low up to high; all leaves allow. Returns the new length. */
static int build_tree(struct sock_filter *code, int length, int low, int high)
{
	int branch = length;
	int middle = (low + high) / 2;

	if (high - low < 2) {
		code[length] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
		return length + 1;
	}
	length = build_tree(code, length + 2, low, middle);
	code[branch] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned int)middle, 0, 1);
	code[branch + 1] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (unsigned int)(length - branch - 2));
	return build_tree(code, length, middle, high);
}

static void install_seccomp(void)
{
	static struct sock_filter code[4 * SYSCALLS] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0) };
	struct sock_fprog program = { (unsigned short)build_tree(code, 1, 0, SYSCALLS), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		err(3, "seccomp");
}

static void become_container(const char *root, int confined, int go)
{
	char *const arguments[] = { "true", NULL };
	char byte;

	mount_root(root);
	hide_paths();
	if (sethostname("floor", 5) < 0 || read(go, &byte, 1) < 0)
		err(3, "start");
	if (unshare(CLONE_NEWCGROUP) < 0)
		err(3, "unshare");
	if (confined)
		install_seccomp();
	execv("/bin/true", arguments);
	err(3, "/bin/true");
}

int main(int argc, char **argv)
{
	struct clone_args clone = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
		.exit_signal = SIGCHLD,
	};
	int go[2];
	int status;

	if (argc != 3)
		errx(2, "usage: floor minimal|docker-like ROOTFS");
	if (pipe2(go, O_CLOEXEC) < 0)
		err(2, "pipe");
	make_cgroups();
	pid_t pid = (pid_t)syscall(SYS_clone3, &clone, sizeof(clone));
	if (pid < 0)
		err(2, "clone3");
	if (pid == 0)
		become_container(argv[2], !strcmp(argv[1], "docker-like"), go[0]);
	attach(pid);
	if (write(go[1], "", 1) < 0)
		err(2, "start");
	waitpid(pid, &status, 0);
	remove_cgroups();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
