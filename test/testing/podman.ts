import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Output, type RunOptions, repository, runProgram } from './programs.ts';

const unpacked = `${repository}build/deb`;
const libraries = `${unpacked}/usr/lib/x86_64-linux-gnu:${unpacked}/lib/x86_64-linux-gnu`;

/** Debian's podman with a store of its own; disposing removes that. It is asked for images only, runs nothing. */
export interface Podman extends AsyncDisposable {
  readonly folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Output>;
  /** The same, must succeed; standard output without the last newline. */
  ok(args: readonly string[], options?: RunOptions): Promise<string>;
}

export async function openPodman(): Promise<Podman> {
  const folder = await mkdtemp('/var/tmp/wharf-test-podman-');
  for (const name of ['home/.config/containers', 'run', 'tmp']) {
    await mkdir(`${folder}/${name}`, { recursive: true });
  }
  const settings = [
    '[engine]',
    `conmon_path = ["${unpacked}/usr/bin/conmon"]`,
    'runtime = "wharf"',
    'events_logger = "none"',
    'cgroup_manager = "cgroupfs"',
    'lock_type = "file"',
    '[engine.runtimes]',
    `wharf = ["${repository}bin/wharf-runtime"]`,
  ];
  await writeFile(`${folder}/auth.json`, '{}');
  await writeFile(`${folder}/containers.conf`, settings.join('\n'));
  await writeFile(
    `${folder}/home/.config/containers/policy.json`,
    '{"default": [{"type": "insecureAcceptAnything"}]}',
  );
  const env = {
    LD_LIBRARY_PATH: libraries,
    HOME: `${folder}/home`,
    XDG_RUNTIME_DIR: `${folder}/run`,
    TMPDIR: `${folder}/tmp`,
    CONTAINERS_CONF: `${folder}/containers.conf`,
    REGISTRY_AUTH_FILE: `${folder}/auth.json`,
  };
  const place = ['--root', `${folder}/store`, '--runroot', `${folder}/run`, '--tmpdir', `${folder}/tmp`];
  const podman: Podman = {
    folder,
    run: (args, options) =>
      runProgram(`${unpacked}/usr/bin/podman`, [...place, '--storage-driver', 'vfs', ...args], {
        ...options,
        env: { ...env, ...options?.env },
      }),
    async ok(args, options) {
      const { code, stdout, stderr } = await podman.run(args, options);
      if (code !== 0) throw new Error(`podman ${args.join(' ')}: exit ${code}: ${stderr}`);
      return stdout.replace(/\n$/, '');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  return podman;
}
