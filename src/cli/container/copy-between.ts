import { placeCopy, rebase } from '../archive/index.ts';
import { decimalSize } from '../format/size.ts';
import type { Session } from '../session.ts';
import { followSource, sourceEnd } from './copy-from.ts';
import type { CopyRules } from './copy-rules.ts';
import { counted, remoteEnd, upload } from './copy-to.ts';
import { readPathStat } from './path-stat.ts';
import type { RemotePlace } from './remote-place.ts';

/** Copies between two containers, two volumes, or one of each; what is copied only passes through. */
export async function copyBetween(
  session: Session,
  from: RemotePlace,
  to: RemotePlace,
  rules: CopyRules,
): Promise<void> {
  const { client, caller } = session;
  const target = await remoteEnd(session, to);
  const path = rules.follow ? await followSource(client, from) : from.path;
  const response = await client.send({ method: 'GET', path: from.archive, query: { path } });
  try {
    const placement = placeCopy(sourceEnd(from, path, readPathStat(response)), target);
    const counter = { bytes: 0 };
    const archive = counted(rebase(response.body, placement), counter);
    await upload(session, { ...to, path: placement.directory }, archive, rules);
    if (!rules.quiet && caller.isTerminal(2)) {
      caller.writeError(`Successfully copied ${decimalSize(counter.bytes, 3)} to ${to.owner}:${to.path}\n`);
    }
  } catch (error) {
    response.cancel();
    throw error;
  }
}
