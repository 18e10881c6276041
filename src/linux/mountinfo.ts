/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface MountInfo {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the filesystem's device. */
  readonly device: string;
  /** Path inside the filesystem that is seen at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
  /** `shared:1`, `master:2` … */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** Parses a whole mountinfo file; lines of another shape are left out. */
export function parseMountInfo(text: string): MountInfo[] {
  return text.split('\n').flatMap((line) => tryParseLine(line) ?? []);
}

function tryParseLine(line: string): MountInfo | undefined {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', 6);
  const [id, parentId, device, root, mountPoint, options] = fields;
  const [type, source, superOptions] = fields.slice(separator + 1);
  if (separator < 0 || mountPoint === undefined || superOptions === undefined) return undefined;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device: device ?? '',
    root: unescapeOctal(root ?? ''),
    mountPoint: unescapeOctal(mountPoint),
    options: (options ?? '').split(','),
    propagation: fields.slice(6, separator),
    type: type ?? '',
    source: unescapeOctal(source ?? ''),
    superOptions: superOptions.split(','),
  };
}

/** The kernel writes space, tab, newline and backslash of a path as \ooo. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
