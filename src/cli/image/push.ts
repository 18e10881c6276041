import type { ProgressMessage } from '#api';
import { imagePath, readJsonLines } from '#client';
import { formatReference, fullName, parseReference, withDefaultTag } from '#oci';
import type { Caller } from '../caller/index.ts';
import { defineCommand, ExitError, exactly } from '../command.ts';
import { registryAuth } from '../credentials/index.ts';
import { bool, text } from '../flags/index.ts';
import { note } from '../note.ts';
import { showProgress } from '../progress.ts';
import { encodePlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NAME[:TAG]'],
  operands: exactly(1),
  flags: {
    'all-tags': bool('Push all tags of an image to the repository', 'a'),
    'disable-content-trust': bool('Skip image signing', undefined, true),
    platform: text(
      `Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
    ),
    quiet: bool('Suppress verbose output', 'q'),
  },
  async run(session, { values, operands: [name = ''] }) {
    const { caller, client } = session;
    const named = parseReference(name);
    if (values['all-tags'] && named.tag !== undefined) {
      throw new ExitError(1, "tag can't be used with --all-tags/-a");
    }
    const reference = values['all-tags'] ? named : withDefaultTag(named);
    const platform = await encodePlatform(values.platform, `Invalid platform ${values.platform}`);
    if (platform !== undefined) caller.writeOut(note(caller, 1, onlyPlatform));
    if (!values['all-tags'] && named.tag === undefined && !values.quiet)
      caller.writeOut('Using default tag: latest\n');
    let instead = '';
    const response = await client.send({
      method: 'POST',
      path: `/images/${imagePath(fullName(reference))}/push`,
      query: { tag: reference.tag, platform },
      headers: { 'X-Registry-Auth': await registryAuth(session, reference.domain) },
    });
    await showProgress(caller, readJsonLines<ProgressMessage>(response.body), {
      quiet: values.quiet,
      toStderr: false,
      onAux: (aux) => {
        instead += tellSubstitute(caller, aux);
      },
    });
    if (values.quiet) caller.writeOut(`${formatReference(reference)}\n`);
    caller.writeOut(instead);
  },
});

const onlyPlatform = [
  'Using --platform pushes only the specified platform manifest of a multi-platform image index.',
  'Other components, like attestations, will not be included.',
  'To push the complete multi-platform image, remove the --platform flag.',
  '',
];

/** What the daemon says when an index is not here as a whole. */
interface Substitute {
  readonly manifestPushedInsteadOfIndex?: boolean;
  readonly originalIndex?: { readonly digest: string };
  readonly selectedManifest?: { readonly digest: string };
}

function tellSubstitute(caller: Caller, aux: unknown): string {
  const { manifestPushedInsteadOfIndex, originalIndex, selectedManifest } = aux as Substitute;
  if (!manifestPushedInsteadOfIndex) return '';
  return note(caller, 1, [
    'Not all multiplatform-content is present and only the available single-platform image was pushed',
    `${originalIndex?.digest ?? ''} -> ${selectedManifest?.digest ?? ''}`,
  ]);
}
