import { ExitError } from '../../command.ts';
import type { Session } from '../../session.ts';
import { connectRegistry, type RegistryConnection } from './connection.ts';

/** What a verb works with. */
export interface VerbCall<V> {
  readonly session: Session;
  readonly registry: RegistryConnection;
  /** The flags. */
  readonly values: V;
  /** The words after the registry; as many as the verb takes. */
  readonly words: readonly string[];
}

/** What can be done with one kind of thing. */
export interface Verb<V> {
  /** What the words after the registry are. */
  readonly words: readonly string[];
  run(call: VerbCall<V>): Promise<void>;
}

export type Verbs<V> = Readonly<Record<string, Verb<V>>>;

/** The lines that tell how verbs are used. */
export function synopsisOf<V>(verbs: Verbs<V>): string[] {
  return Object.entries(verbs).map(([name, { words }]) => [name, '[OPTIONS] REGISTRY', ...words].join(' '));
}

/** Does what `VERB REGISTRY WORDS` say. @throws ExitError for a wrong use */
export async function runVerb<V>(
  session: Session,
  verbs: Verbs<V>,
  { values, operands }: { readonly values: V; readonly operands: readonly string[] },
): Promise<void> {
  const [name = '', registry, ...words] = operands;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) throw new ExitError(1, `want one of ${Object.keys(verbs).join(', ')}, not ${name}`);
  if (registry === undefined || words.length !== verb.words.length)
    throw new ExitError(1, `want ${[name, 'REGISTRY', ...verb.words].join(' ')}`);
  await verb.run({ session, registry: await connectRegistry(session, registry), values, words });
}

/** A path of the management API: its words are names that somebody typed. */
export function pathOf(...words: readonly string[]): string {
  return words.map((word) => `/${encodeURIComponent(word)}`).join('');
}
