/**
 * oci-runtime: the command `wharf-runtime`, a stand-alone OCI runtime on the same plan and shim as the engine.
 *
 * main.ts is the program; command.ts reads the global options and loads one command of commands/. Between two
 * calls a container is a directory below the root (`--root`): its record, and its shim's socket and exit status.
 *
 * It reaches only task, runtime, linux, oci and base, so that it starts in milliseconds. It does not serve as
 * the engine's runtime: the engine speaks to shims itself.
 */
export { main } from './command.ts';
