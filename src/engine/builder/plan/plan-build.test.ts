import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { parseDockerfile } from '#dockerfile';
import { hostPlatform, type ImageConfig, type Platform, parsePlatform } from '#oci';
import type { CopyVertex, PlannedImage, RunVertex, Vertex } from '../graph/types.ts';
import { planBuild } from './plan-build.ts';
import type { PlanOptions } from './types.ts';

const platform = parsePlatform('linux/amd64');

const options: PlanOptions = {
  target: '',
  buildArgs: {},
  labels: {},
  platform,
  buildPlatform: hostPlatform(),
  noCache: false,
  contexts: {},
  network: 'default',
  entitlements: [],
};

/** Plans with images that all look alike; notes which were asked for. */
async function plan(
  text: string,
  more: Partial<PlanOptions> = {},
  base: ImageConfig = { Env: ['PATH=/bin'] },
): Promise<PlannedImage & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const sources = {
    async resolveImage(reference: string, { os, architecture }: Platform) {
      asked.push(`${reference} ${os}/${architecture}`);
      if (reference === 'missing') throw new EngineError('notFound', 'No such image: missing');
      const rootfs = { type: 'layers', diff_ids: [] } as const;
      return {
        reference,
        config: { os, architecture, config: base, rootfs, history: [{ created_by: 'base' }] },
      };
    },
  };
  return { ...(await planBuild(parseDockerfile(text), { ...options, ...more }, sources)), asked };
}

function runOf(vertex: Vertex): RunVertex {
  return vertex.op === 'run' ? vertex : assert.fail(`a vertex is ${vertex.op}`);
}

function copyOf(vertex: Vertex): CopyVertex {
  return vertex.op === 'copy' ? vertex : assert.fail(`a vertex is ${vertex.op}`);
}

test('planBuild() plans only the stages that the target needs', async () => {
  const text = 'FROM a AS one\nRUN x\nFROM b AS two\nRUN y\nFROM one\nCOPY --from=one /x /y\n';
  const whole = await plan(text);
  assert.deepEqual(whole.asked, ['a linux/amd64']);
  assert.equal(copyOf(whole.root).name, '[stage-2 2/2] COPY --from=one /x /y');
  assert.deepEqual((await plan(text, { target: 'TWO' })).asked, ['b linux/amd64']);
  assert.deepEqual((await plan(text, { target: '0' })).asked, ['a linux/amd64']);
  await assert.rejects(
    plan(text, { target: 'on' }),
    /target stage "on" could not be found \(did you mean one\?\)/,
  );
});

test('planBuild() shares the vertices of a stage that two others use', async () => {
  const { root } = await plan('FROM a AS s\nRUN x\nFROM s AS t\nRUN y\nFROM s\nCOPY --from=t /a /b');
  const copy = copyOf(root);
  const [action] = copy.actions;
  assert.equal(action?.kind === 'copy' && runOf(action.from).root, copy.root);
});

test('planBuild() refuses stages that need each other', async () => {
  const text = 'FROM a AS one\nCOPY --from=two /a /b\nFROM a AS two\nCOPY --from=one /a /b';
  await assert.rejects(plan(text), /circular dependency detected on stage: two/);
  const byTwoWays = `${text}\nFROM a\nRUN --mount=from=one,target=/1 --mount=from=two,target=/2 x`;
  await assert.rejects(plan(byTwoWays), /circular dependency detected on stage: one/);
});

test('planBuild() gives a command no rights that nobody has granted', async () => {
  const host = 'FROM a\nRUN --network=host x';
  await assert.rejects(plan(host), /network.host is not allowed/);
  await assert.rejects(plan('FROM a\nRUN x', { network: 'host' }), /network.host is not allowed/);
  assert.equal(runOf((await plan(host, { entitlements: ['network.host'] })).root).network, 'host');
  await assert.rejects(
    plan('FROM a\nRUN --security=insecure x', { entitlements: ['network.host'] }),
    /security.insecure is not allowed/,
  );
  await assert.rejects(plan('FROM a\nRUN --device=vendor.com/gpu=0 x'), /--device is not supported/);
});

test('planBuild() takes no name for one that all objects of the language have', async () => {
  const { root, asked } = await plan('ARG toString\nFROM constructor\nARG constructor\nRUN x');
  assert.deepEqual(asked, ['constructor linux/amd64']);
  assert.deepEqual(runOf(root).env, ['PATH=/bin']);
});

test('planBuild() gives ARG and ENV to commands, and history the ARGs', async () => {
  const text = 'ARG G=global\nFROM a:$G\nARG G\nARG L=local\nARG N\nENV E=$L-$G\nARG E=arg\nRUN x';
  const { root, history, asked } = await plan(text, { buildArgs: { L: 'given', HTTP_PROXY: 'p' } });
  const run = runOf(root);
  assert.deepEqual(asked, ['a:global linux/amd64']);
  assert.deepEqual(run.env, ['PATH=/bin', 'E=arg', 'G=global', 'L=given']);
  assert.deepEqual(run.hiddenEnv, ['HTTP_PROXY=p']);
  assert.deepEqual(
    history.map(({ createdBy }) => createdBy),
    [
      'base',
      'ARG G=global',
      'ARG L=given',
      'ARG N',
      'ENV E=given-global',
      'ARG E=arg',
      'RUN |4 G=global L=given N= E=arg /bin/sh -c x # buildkit',
    ],
  );
});

test('planBuild() knows the platform of machine and target', async () => {
  const { root, asked } = await plan('FROM --platform=$BUILDPLATFORM a\nARG TARGETARCH\nRUN x', {
    platform: parsePlatform('linux/arm64'),
    buildPlatform: platform,
  });
  assert.deepEqual(asked, ['a linux/amd64']);
  assert.deepEqual(runOf(root).env, ['PATH=/bin', 'TARGETARCH=arm64']);
});

test('planBuild() runs here-documents by the shell, scripts by themselves', async () => {
  const args = async (text: string) => runOf((await plan(`FROM a\n${text}`)).root).args;
  assert.deepEqual(await args('RUN <<EOF\na\nb\nEOF'), ['/bin/sh', '-c', 'a\nb\n']);
  assert.deepEqual(await args('RUN cat <<A\nx\nA'), ['/bin/sh', '-c', 'cat <<A\nx\nA']);
  assert.deepEqual(await args('SHELL ["bash", "-c"]\nRUN x'), ['bash', '-c', 'x']);
  const { root } = await plan('FROM a\nRUN <<EOF\n#!/usr/bin/python3\nx\nEOF');
  assert.deepEqual(runOf(root).script, { path: '/dev/pipes/EOF', content: '#!/usr/bin/python3\nx\n' });
});

test('planBuild() resolves what COPY and ADD take and where it goes', async () => {
  const text = [
    'FROM a',
    'WORKDIR /srv',
    'ENV d=dir',
    'COPY --chown=1:2 --chmod=644 --exclude=*.o x y $d/',
    'ADD https://example.test/f.tar.gz .',
    'ADD https://example.test/r.git#v1:sub /git',
    'COPY <<one <<"two" ./',
    '$d "q"',
    'one',
    '$d',
    'two',
  ].join('\n');
  const heredocs = copyOf((await plan(text)).root);
  const git = copyOf(heredocs.root);
  const http = copyOf(git.root);
  const copy = copyOf(http.root);
  assert.deepEqual(
    heredocs.actions.map((action) => action.kind === 'file' && [action.path, action.heredoc.content]),
    [
      ['/srv/one', 'dir "q"\n'],
      ['/srv/two', '$d\n'],
    ],
  );
  const [fromGit] = git.actions;
  assert.ok(fromGit?.kind === 'copy' && fromGit.from.op === 'git');
  assert.deepEqual(
    [fromGit.from.remote, fromGit.from.ref, fromGit.from.subdirectory],
    ['https://example.test/r.git', 'v1', 'sub'],
  );
  const [fromHttp] = http.actions;
  assert.ok(fromHttp?.kind === 'copy');
  assert.deepEqual(
    [fromHttp.source, fromHttp.destination, fromHttp.mode, fromHttp.unpack],
    ['f.tar.gz', '/srv/', '0600', false],
  );
  assert.deepEqual(
    copy.actions.map(
      (action) => action.kind === 'copy' && [action.source, action.destination, action.owner, action.mode],
    ),
    [
      ['x', '/srv/dir/', '1:2', '644'],
      ['y', '/srv/dir/', '1:2', '644'],
    ],
  );
  assert.deepEqual(copyOf(copy.root).actions, [
    { kind: 'directory', path: '/srv', owner: undefined, mode: undefined },
  ]);
});

test('planBuild() plans the triggers of a base image and forgets them', async () => {
  const { root, image } = await plan('FROM a\nCMD ["c"]', {}, { OnBuild: ['RUN first', 'ENV A=1'] });
  assert.deepEqual(runOf(root).args, ['/bin/sh', '-c', 'first']);
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  assert.deepEqual(image.config, { Env: [path, 'A=1'], Cmd: ['c'], ArgsEscaped: true });
});

test('planBuild() takes named contexts for images and stages of that name', async () => {
  const vertex: Vertex = { op: 'local', name: 'x', range: undefined, context: 'x' };
  const { root } = await plan('FROM a\nCOPY --from=other /a /b', {
    contexts: { other: { kind: 'vertex', vertex } },
  });
  const [action] = copyOf(root).actions;
  assert.equal(action?.kind === 'copy' && action.from, vertex);
  const contexts = { a: { kind: 'image', reference: 'b:1' } } as const;
  assert.deepEqual((await plan('FROM a', { contexts })).asked, ['b:1 linux/amd64']);
});

test('planBuild() tells where a mistake is, and leaves other failures as they are', async () => {
  await assert.rejects(plan('FROM a\nENV a=b\nCOPY a b c'), {
    message:
      /on line 3: When using COPY with more than one source file, the destination must be a directory and end with a \/$/,
  });
  await assert.rejects(plan(`FROM a\nENV A=\${B:?no}`), {
    message: /on line 2: failed to process ".*": B: no$/,
  });
  await assert.rejects(plan('FROM missing'), { message: 'No such image: missing' });
  await assert.rejects(plan('FROM $nothing'), { message: /base name \(\$nothing\) should not be blank$/ });
});

test('planBuild() ignores the cache of the stages that are asked for', async () => {
  const text = 'FROM a AS one\nRUN x\nFROM one\nRUN y';
  const run = runOf((await plan(text, { noCache: ['one'] })).root);
  assert.deepEqual([run.ignoreCache, runOf(run.root).ignoreCache], [false, true]);
  assert.equal(runOf((await plan(text, { noCache: true })).root).ignoreCache, true);
});
