import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { ContainerCreateResponse } from '#api';
import { ApiError } from '#client';
import { fileFailure } from '../read-text-file.ts';
import type { Session } from '../session.ts';
import { placeCredentials, withApiSocket } from './api-socket.ts';
import type { RunRequest } from './create-options/index.ts';

export interface CreateRules {
  /** `missing`, `always` or `never`. */
  readonly pull: string;
  readonly quiet: boolean;
}

/**
 * Creates a container and returns its id; fetches the image when the daemon does not have it, and writes
 * the id to the file of `--cidfile`.
 */
export async function createContainer(
  session: Session,
  request: RunRequest,
  rules: CreateRules,
): Promise<string> {
  const idFile = request.body.HostConfig.ContainerIDFile;
  if (idFile !== '') reserveIdFile(idFile);
  try {
    await checkImageName(request.body.Image);
    const sent = request.usesApiSocket ? withApiSocket(request, session.config) : request;
    const { Id: id, Warnings: warnings } = await createWithImage(session, sent, rules);
    if (request.usesApiSocket) await placeCredentials(session, id);
    for (const warning of warnings ?? []) session.caller.writeError(`WARNING: ${warning}\n`);
    if (idFile !== '') writeFileSync(idFile, id);
    return id;
  } catch (error) {
    if (idFile !== '') rmSync(idFile, { force: true });
    throw error;
  }
}

async function createWithImage(session: Session, request: RunRequest, rules: CreateRules) {
  const { body, platform } = request;
  const pull = () => pullForRun(session, body.Image, platform, rules.quiet);
  if (rules.pull === 'always') await pull();
  try {
    return await postCreate(session, request);
  } catch (error) {
    const isMissing =
      error instanceof ApiError && error.status === 404 && /^No such image/.test(error.message);
    if (!isMissing || rules.pull !== 'missing') throw error;
    if (!rules.quiet) session.caller.writeError(`Unable to find image '${withTag(body.Image)}' locally\n`);
    await pull();
    return postCreate(session, request);
  }
}

function postCreate(
  { client }: Session,
  { body, name, platform }: RunRequest,
): Promise<ContainerCreateResponse> {
  const query = { name: name || undefined, platform: platform || undefined };
  return client.json<ContainerCreateResponse>({
    method: 'POST',
    path: '/containers/create',
    query,
    json: body,
  });
}

async function pullForRun(session: Session, image: string, platform: string, quiet: boolean): Promise<void> {
  const { pullImage } = await import('../image/pull-image.ts');
  await pullImage(session, { name: image, platform, allTags: false, quiet, toStderr: true });
}

/** `busybox` is called `busybox:latest` in messages. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? image : `${image}:latest`;
}

/** @throws Error with Go's words when the file is there or cannot be made */
function reserveIdFile(path: string): void {
  if (existsSync(path)) {
    throw new Error(`container ID file found, make sure the other container isn't running or delete ${path}`);
  }
  try {
    writeFileSync(path, '');
  } catch (error) {
    throw new Error(`failed to create the container ID file: ${fileFailure(path, error)}`);
  }
}

const plainName = /^[a-z0-9]+([._-][a-z0-9]+)*(:\w[\w.-]{0,127})?$/;

/** What is no plain name is read in full. @throws Error for what no image can be called */
async function checkImageName(name: string): Promise<void> {
  if (plainName.test(name) || /^(sha256:)?[0-9a-f]{64}$/.test(name)) return;
  const { parseReference } = await import('#oci');
  parseReference(name);
}
