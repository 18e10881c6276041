/** Where files and variables come from. */
interface Source {
  /** @throws Error with Go's words */
  readFile(path: string): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The variables of `--env-file` files, then of `--env` flags; a name without `=` takes our own value. */
export function collectEnv(files: readonly string[], entries: readonly string[], source: Source): string[] {
  const fromFiles = files.flatMap((file) =>
    readEntries(file, source).flatMap((line) => envOfLine(line, source)),
  );
  return [...fromFiles, ...entries.map((entry) => completeEntry(entry, source))];
}

/** The labels of `--label-file` files, then of `--label` flags. */
export function collectLabels(
  files: readonly string[],
  entries: readonly string[],
  source: Source,
): Record<string, string> {
  return pairsToMap([
    ...files.flatMap((file) => readEntries(file, source)).filter((line) => line.includes('=')),
    ...entries,
  ]);
}

/** `name=value` texts as an object; no `=` means an empty value. */
export function pairsToMap(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

/** A name without value becomes our own variable, or is left for the daemon to remove when we have none. */
function completeEntry(entry: string, { environment }: Source): string {
  const value = entry.includes('=') ? undefined : ownValue(environment, entry);
  return value === undefined ? entry : `${entry}=${value}`;
}

function envOfLine(line: string, { environment }: Source): string[] {
  if (line.includes('=')) return [line];
  const value = ownValue(environment, line.trim());
  return value === undefined ? [] : [`${line.trim()}=${value}`];
}

/** A variable may be called like something that every object has. */
function ownValue(environment: Source['environment'], name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

/** One entry a line; empty lines and those that begin with # do not count. */
function readEntries(path: string, source: Source): string[] {
  const lines = source
    .readFile(path)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const entries = lines
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'));
  for (const entry of entries) checkEntry(entry, path);
  return entries;
}

function checkEntry(line: string, path: string): void {
  const name = line.split('=')[0] ?? '';
  if (name === '') throw new Error(`invalid env file (${path}): no variable name on line '${line}'`);
  if (/\s/.test(name)) throw new Error(`invalid env file (${path}): variable '${name}' contains whitespaces`);
}
