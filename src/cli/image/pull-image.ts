import type { ProgressMessage } from '#api';
import { readJsonLines } from '#client';
import { formatReference, fullName, parseReference, withDefaultTag } from '#oci';
import { registryAuth } from '../credentials/index.ts';
import { showProgress } from '../progress.ts';
import type { Session } from '../session.ts';

export interface PullOptions {
  readonly name: string;
  readonly platform: string;
  readonly allTags: boolean;
  readonly quiet: boolean;
  /** Progress goes to standard error: standard output belongs to the container. */
  readonly toStderr: boolean;
}

/** Asks the daemon to fetch an image and shows its progress. @returns the image's name with its tag */
export async function pullImage(session: Session, options: PullOptions): Promise<string> {
  const { caller, client } = session;
  const reference = options.allTags
    ? parseReference(options.name)
    : withDefaultTag(parseReference(options.name));
  const tag = options.allTags ? undefined : (reference.digest ?? reference.tag);
  const response = await client.send({
    method: 'POST',
    path: '/images/create',
    query: {
      fromImage: fullName(reference),
      tag,
      platform: options.platform || undefined,
    },
    headers: { 'X-Registry-Auth': await registryAuth(session, reference.domain) },
  });
  await showProgress(caller, readJsonLines<ProgressMessage>(response.body), options);
  return formatReference(reference);
}
