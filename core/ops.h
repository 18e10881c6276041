/* Generated from src/runtime/plan/ops.ts by tools/build-native.ts: do not edit. */
#pragma once

#define PLAN_MAGIC "WPLN"
#define PLAN_VERSION 1
#define PLAN_REVISION 2
#define PLAN_HEADER_SIZE 48
#define OP_HEADER_SIZE 8
#define MAX_OPERANDS 6

enum opcode {
	OP_HOST_MKDIR = 1,
	OP_WRITE = 2,
	OP_ATTACH = 3,
	OP_HOST_NETLINK = 4,
	OP_LISTEN = 5,
	OP_MAP_IDS = 6,
	OP_ENTER_CGROUP = 7,
	OP_ENTER_TASKS = 10,
	OP_JOIN_PID_NAMESPACE = 9,
	OP_DEVICE_FILTER = 8,
	OP_LISTEN_SHARED = 12,
	OP_HOLD_SOCKET = 11,
	OP_WAIT = 32,
	OP_SETNS = 33,
	OP_UNSHARE = 34,
	OP_ROOT = 35,
	OP_MOUNT = 36,
	OP_BIND = 37,
	OP_SETATTR = 38,
	OP_PROPAGATE = 39,
	OP_UMOUNT = 40,
	OP_MKDIR = 41,
	OP_MKNOD = 42,
	OP_SYMLINK = 43,
	OP_CREATE_FILE = 44,
	OP_PIVOT_ROOT = 45,
	OP_MASK = 46,
	OP_READONLY_PATH = 47,
	OP_HOSTNAME = 48,
	OP_DOMAINNAME = 49,
	OP_WRITE_PROC = 50,
	OP_NETLINK = 51,
	OP_RLIMIT = 52,
	OP_TERMINAL = 53,
	OP_CHDIR = 54,
	OP_UMASK = 55,
	OP_NO_NEW_PRIVS = 56,
	OP_CAP_BOUNDING = 57,
	OP_SETGROUPS = 58,
	OP_SETGID = 59,
	OP_SETUID = 60,
	OP_CAP_SET = 61,
	OP_SECCOMP = 62,
	OP_KEYRING = 63,
	OP_STDIO_OWNER = 64,
	OP_CLOSE_FDS = 65,
	OP_EXEC = 66,
	OP_SUPERVISE = 67,
	OP_PLACE = 68,
	OP_COUNT,
};

union operands {
	struct operand all[MAX_OPERANDS];
	struct { struct operand path, mode; } host_mkdir;
	struct { struct operand path, value, ignore_errnos; } write;
	struct { struct operand path; } attach;
	struct { struct operand protocol, message, pid_offset; } host_netlink;
	struct { struct operand protocol, address, port, target_address, target_port; } listen;
	struct { struct operand uids, gids; } map_ids;
	struct { struct operand path; } enter_cgroup;
	struct { struct operand path; } enter_tasks;
	struct { struct operand path; } join_pid_namespace;
	struct { struct operand path, program; } device_filter;
	struct { struct operand protocol, address, port, target_address, target_port; } listen_shared;
	struct { struct operand protocol, address, port; } hold_socket;
	struct { struct operand path, kind; } setns;
	struct { struct operand flags; } unshare;
	struct { struct operand path; } root;
	struct { struct operand source, target, fstype, flags, data; } mount;
	struct { struct operand source, target, recursive, set, clear; } bind;
	struct { struct operand target, recursive, set, clear; } setattr;
	struct { struct operand target, recursive, propagation; } propagate;
	struct { struct operand target, flags; } umount;
	struct { struct operand target, mode, uid, gid; } mkdir;
	struct { struct operand target, mode, major, minor, uid, gid; } mknod;
	struct { struct operand value, target; } symlink;
	struct { struct operand target, mode; } create_file;
	struct { struct operand target; } mask;
	struct { struct operand target; } readonly_path;
	struct { struct operand name; } hostname;
	struct { struct operand name; } domainname;
	struct { struct operand path, value; } write_proc;
	struct { struct operand protocol, message; } netlink;
	struct { struct operand resource, soft, hard; } rlimit;
	struct { struct operand rows, columns, console; } terminal;
	struct { struct operand target; } chdir;
	struct { struct operand mode; } umask;
	struct { struct operand mask; } cap_bounding;
	struct { struct operand gids; } setgroups;
	struct { struct operand gid; } setgid;
	struct { struct operand uid; } setuid;
	struct { struct operand effective, permitted, inheritable, ambient; } cap_set;
	struct { struct operand flags, program; } seccomp;
	struct { struct operand name; } keyring;
	struct { struct operand uid; } stdio_owner;
	struct { struct operand from; } close_fds;
	struct { struct operand argv, env; } exec;
	struct { struct operand source, target; } place;
};

/* One letter an operand: w u32, q u64, t text, b bytes, T list of texts, W list of u32. */
#define OP_SIGNATURES \
	[OP_HOST_MKDIR] = "tw", \
	[OP_WRITE] = "ttW", \
	[OP_ATTACH] = "t", \
	[OP_HOST_NETLINK] = "wbw", \
	[OP_LISTEN] = "wbwbw", \
	[OP_MAP_IDS] = "tt", \
	[OP_ENTER_CGROUP] = "t", \
	[OP_ENTER_TASKS] = "t", \
	[OP_JOIN_PID_NAMESPACE] = "t", \
	[OP_DEVICE_FILTER] = "tb", \
	[OP_LISTEN_SHARED] = "wbwbw", \
	[OP_HOLD_SOCKET] = "wbw", \
	[OP_WAIT] = "", \
	[OP_SETNS] = "tw", \
	[OP_UNSHARE] = "w", \
	[OP_ROOT] = "t", \
	[OP_MOUNT] = "tttwt", \
	[OP_BIND] = "ttwqq", \
	[OP_SETATTR] = "twqq", \
	[OP_PROPAGATE] = "twq", \
	[OP_UMOUNT] = "tw", \
	[OP_MKDIR] = "twww", \
	[OP_MKNOD] = "twwwww", \
	[OP_SYMLINK] = "tt", \
	[OP_CREATE_FILE] = "tw", \
	[OP_PIVOT_ROOT] = "", \
	[OP_MASK] = "t", \
	[OP_READONLY_PATH] = "t", \
	[OP_HOSTNAME] = "t", \
	[OP_DOMAINNAME] = "t", \
	[OP_WRITE_PROC] = "tt", \
	[OP_NETLINK] = "wb", \
	[OP_RLIMIT] = "wqq", \
	[OP_TERMINAL] = "www", \
	[OP_CHDIR] = "t", \
	[OP_UMASK] = "w", \
	[OP_NO_NEW_PRIVS] = "", \
	[OP_CAP_BOUNDING] = "q", \
	[OP_SETGROUPS] = "W", \
	[OP_SETGID] = "w", \
	[OP_SETUID] = "w", \
	[OP_CAP_SET] = "qqqq", \
	[OP_SECCOMP] = "wb", \
	[OP_KEYRING] = "t", \
	[OP_STDIO_OWNER] = "w", \
	[OP_CLOSE_FDS] = "w", \
	[OP_EXEC] = "TT", \
	[OP_SUPERVISE] = "", \
	[OP_PLACE] = "tt", \

