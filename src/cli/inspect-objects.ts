import { compileTemplate, type Template, TemplateError, type Value } from '#template';
import type { Caller } from './caller/index.ts';
import { ExitError } from './command.ts';
import { failureText } from './failure.ts';
import { text } from './flags/index.ts';
import { indentJson } from './format/json.ts';
import { asStructures } from './format/structures.ts';
import { plainFormatFlagSummary } from './listing-flags.ts';

export const inspectFormatFlag = text(plainFormatFlagSummary, { short: 'f' });

export const inspectAsFlag = text(
  'Print what makes the same container: a command line ("run"), or a Compose file ("compose")',
  {
    isOwn: true,
  },
);

/**
 * Prints objects as one JSON list, or each by a template, in the order of their names; what could not be
 * fetched is said at the end. `fetch` returns the daemon's own JSON text.
 * @throws ExitError 1 when an object failed
 */
export async function inspectObjects(
  caller: Caller,
  names: readonly string[],
  format: string,
  fetch: (name: string) => Promise<string>,
): Promise<void> {
  const print = chooseInspector(format);
  const found: string[] = [];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      found.push(print.one(await fetch(name)));
    } catch (error) {
      failures.push(error);
      if (error instanceof TemplateError) break;
    }
  }
  caller.writeOut(print.all(found));
  if (failures.length > 0) throw new ExitError(1, failures.map(failureText).join('\n'), failures[0]);
}

interface Inspector {
  one(json: string): string;
  all(parts: readonly string[]): string;
}

const listInspector: Inspector = {
  one: (json) => json.trim(),
  all: (parts) => `${indentJson(`[${parts.join(',')}]`, '    ')}\n`,
};

function chooseInspector(format: string): Inspector {
  if (format === '') return listInspector;
  if (format === 'json') return { one: (json) => json.trim(), all: (parts) => `[${parts.join(',')}]\n` };
  const template = compileInspectTemplate(format);
  return { one: (json) => executeOn(template, JSON.parse(json) as Value), all: lines };
}

/** First with Go's structures; what these do not have may still be in the JSON itself. */
function executeOn(template: Template, json: Value): string {
  try {
    return template.execute(asStructures(json));
  } catch {
    try {
      return template.execute(json, { missingKeyIsError: true });
    } catch (error) {
      throw new TemplateError(`template parsing error: ${(error as Error).message}`);
    }
  }
}

function compileInspectTemplate(format: string) {
  try {
    return compileTemplate(format);
  } catch (error) {
    throw new ExitError(64, `template parsing error: ${(error as Error).message}`);
  }
}

function lines(parts: readonly string[]): string {
  return parts.length === 0 ? '\n' : parts.map((part) => `${part}\n`).join('');
}
