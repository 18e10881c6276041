import { EngineError } from '#base';
import { isRole, type Role } from '#registry-api';

/** The object that a request's body is, read field by field. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** @throws EngineError invalid, as of all methods */
  text(name: string): string {
    const value = this.#values[name];
    if (typeof value === 'string') return value;
    throw wanted(name, 'a text');
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  optionalSwitch(name: string): boolean | undefined {
    const value = this.#values[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw wanted(name, 'true or false');
  }

  optionalWhole(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw wanted(name, 'a whole number');
  }

  role(name: string): Role {
    const value = this.#values[name];
    if (isRole(value)) return value;
    throw wanted(name, 'guest, developer, maintainer or admin');
  }

  list(name: string): Fields[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) throw wanted(name, 'a list');
    return value.map(asFields);
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  isNull(name: string): boolean {
    return this.#values[name] === null;
  }
}

/** Reads a body. @throws EngineError invalid, for what is no JSON object */
export function parseFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('invalid', 'the body is no JSON', { cause });
  }
  return asFields(value);
}

function asFields(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Fields({ ...value });
  throw new EngineError('invalid', 'want a JSON object');
}

function wanted(name: string, what: string): EngineError {
  return new EngineError('invalid', `${name}: want ${what}`);
}
