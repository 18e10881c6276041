import { checkDockerfile, compileIgnore, describeFindings, parseDockerfile } from '#dockerfile';
import type { Dockerfile } from './dockerfile.ts';

const hostPlatform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

/**
 * Looks a Dockerfile over without building it. @returns what was found, as text, and the exit code
 * @throws EngineError invalid, for a Dockerfile that can't be read
 */
export function reviewDockerfile({ sentAs, text, patterns }: Dockerfile): { text: string; exitCode: number } {
  const scope = { ignore: compileIgnore(patterns), platform: hostPlatform, baseOf: () => undefined };
  const report = checkDockerfile(parseDockerfile(text), scope);
  return { text: describeFindings(sentAs, report), exitCode: report.findings.length === 0 ? 0 : 1 };
}
