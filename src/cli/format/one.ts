import { compileTemplate, TemplateError, toJson, type Value } from '#template';
import { asStructures } from './structures.ts';

/**
 * One object by a `--format`: `json` or a template. @throws Error with the stock client's words
 */
export function formatOne(format: string, object: unknown): string {
  const value = asStructures(object as Value);
  if (format === 'json') return `${toJson(value)}\n`;
  try {
    return `${compileTemplate(format).execute(value)}\n`;
  } catch (error) {
    if (error instanceof TemplateError) throw new Error(`template parsing error: ${error.message}`);
    throw error;
  }
}
