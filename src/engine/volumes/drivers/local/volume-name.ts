import { EngineError } from '#base';

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
/** What a file name of Linux can hold. */
const longest = 255;

/** The name of a volume, which is that of its directory too. @throws EngineError invalid, in Docker's words */
export function parseVolumeName(name: string): string {
  const bad = (reason: string) => new EngineError('invalid', reason);
  if (name.length === 1) {
    throw bad('volume name is too short, names should be at least two alphanumeric characters');
  }
  if (name.length > longest) throw bad(`volume name is too long, names have at most ${longest} characters`);
  if (pattern.test(name)) return name;
  throw bad(
    `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  );
}
