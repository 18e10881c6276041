/** Where the runtime's words for a failure are not those of the C library, which everybody else's programs use. */
const words: Readonly<Record<string, string>> = {
  EBUSY: 'device or resource busy',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EXDEV: 'invalid cross-device link',
};

const runtimes = /^(E[A-Z0-9]+): ([^,]+), (\w+)(?: '(.*?)'(?: -> '(.*)')?)?$/s;

/**
 * The message of a failed system call as Docker's users know it: `open /x: no such file or directory`, not
 * `ENOENT: no such file or directory, open '/x'`. Other messages stay as they are.
 */
export function systemMessage(message: string): string {
  const [, code = '', text = '', call = '', ...paths] = runtimes.exec(message) ?? [];
  if (call === '') return message;
  const where = [call, ...paths.filter((path) => path !== undefined)].join(' ');
  return `${where}: ${words[code] ?? text}`;
}
