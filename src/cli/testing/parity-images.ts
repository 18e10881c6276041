import type { Script, SeenRequest } from './fake-daemon.ts';
import { jsonLines, unlessMissing } from './parity-answers.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const daySeconds = 86_400;
const now = Math.floor(Date.now() / 1000);

const images = [
  {
    Id: digest('b'),
    ParentId: '',
    RepoTags: ['web:latest'],
    RepoDigests: [`web@${digest('9')}`],
    Created: now - 3 * daySeconds,
    Size: 12_345_678,
    SharedSize: -1,
    Labels: null,
    Containers: -1,
  },
  {
    Id: digest('e'),
    ParentId: '',
    RepoTags: [],
    RepoDigests: [],
    Created: now - 400 * daySeconds,
    Size: 999,
    SharedSize: -1,
    Labels: {},
    Containers: 0,
  },
];

const moving = (status: string, progressDetail: object) => ({
  ...{ status, progressDetail, progress: '[=>]' },
  id: 'bbbbbbbbbbbb',
});

const progress = [
  { status: 'Pulling from library/web', id: 'latest' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'aaaaaaaaaaaa' },
  {
    status: 'Downloading',
    progressDetail: { current: 512, total: 2048 },
    progress: '[=>  ]  512B/2.048kB',
    id: 'aaaaaaaaaaaa',
  },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'bbbbbbbbbbbb' },
  moving('Downloading', { current: 5123 }),
  moving('Downloading', { current: 2049, total: 2048 }),
  moving('Extracting', { current: 12, units: 's' }),
  moving('Extracting', { current: 5, total: 10, units: 'files' }),
  moving('Extracting', { current: 5, total: 10, hidecounts: true }),
  { status: 'Pull complete', progressDetail: {}, id: 'aaaaaaaaaaaa' },
  { status: `Digest: ${digest('9')}` },
  { status: 'Status: Downloaded newer image for web:latest' },
];
const failing = [progress[0], { errorDetail: { message: 'boom' }, error: 'boom' }];

function pull({ query: { fromImage = '' } }: SeenRequest) {
  if (fromImage.includes('denied'))
    return { status: 404, body: { message: 'pull access denied for denied' } };
  return { body: jsonLines(fromImage.includes('bad') ? failing : progress) };
}

const manifest = (digit: string, architecture: string, containers: readonly string[], isHere = true) => ({
  ID: digest(digit),
  Descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest(digit), size: 500 },
  Available: isHere,
  Kind: 'image',
  Size: { Content: isHere ? 1_234_567 : 0, Total: isHere ? 23_456_789 : 0 },
  ImageData: {
    Platform: { architecture, os: 'linux', ...(architecture === 'arm' ? { variant: 'v7' } : {}) },
    Containers: containers,
    Size: { Unpacked: 22_222_222 },
  },
});

const attestation = {
  ...manifest('7', 'unknown', []),
  Kind: 'attestation',
  AttestationData: { For: digest('1') },
};

const [web, unnamed] = images;
const farName = 'registry.test:5000/a/name/that/does/not/fit/into/the/first/column:1.2.3';
const trees = [
  { ...web, Manifests: [manifest('1', 'amd64', ['x']), manifest('2', 'arm64', [], false), attestation] },
  { ...unnamed, Created: now, Manifests: [manifest('4', 'arm', [])] },
  { ...unnamed, Id: digest('f'), RepoTags: [farName, 'x:1'], Containers: 2 },
  { ...unnamed, Id: digest('8'), RepoDigests: [`web@${digest('8')}`], Created: 1 },
];

function list({ query: { filters = '', manifests } }: SeenRequest) {
  if (manifests === undefined) return { body: images };
  return { body: filters.includes('far') ? trees.slice(2) : trees };
}

const found = [
  {
    name: 'a/b',
    description: 'on\ntwo lines\rand with more words than the column would hold',
    star_count: 3,
    is_official: false,
    is_automated: false,
  },
  { name: 'b', description: '', star_count: 100, is_official: true, is_automated: false },
];

function pushed({ path, query: { tag = 'all' } }: SeenRequest) {
  if (path.includes('bad')) return { body: jsonLines(failing) };
  const layer = { id: 'aaaaaaaaaaaa', progressDetail: {} };
  const lines = [
    { status: 'The push refers to repository [registry.test/web]' },
    { ...layer, status: 'Preparing' },
    { ...layer, status: 'Pushing', progressDetail: { current: 512, total: 2048 }, progress: '[=>]' },
    { ...layer, status: 'Pushed' },
    { status: `${tag}: digest: ${digest('9')} size: 528` },
    { progressDetail: {}, aux: { Tag: tag, Digest: digest('9'), Size: 528 } },
  ];
  const instead = {
    manifestPushedInsteadOfIndex: true,
    originalIndex: { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digest('8'), size: 1 },
    selectedManifest: { mediaType: 'x', digest: digest('9'), size: 528 },
  };
  return { body: jsonLines(path.includes('multi') ? [...lines, { aux: instead }] : lines) };
}

const loaded = {
  headers: { 'Content-Type': 'application/json' },
  body: jsonLines([
    {
      status: 'Loading layer',
      progressDetail: { current: 1, total: 2 },
      progress: '[=>]',
      id: 'aaaaaaaaaaaa',
    },
    { stream: 'Loaded image: web:latest\n' },
  ]),
};

function logIn({ body }: SeenRequest) {
  if (body.includes('"wrong"')) {
    return { status: 401, body: { message: 'unauthorized: incorrect username or password' } };
  }
  return {
    body: { Status: 'Login Succeeded', IdentityToken: body.includes('"token.test"') ? 'lasting' : '' },
  };
}

/** Images, and a registry that gives them. */
export const imageScript: Script = {
  'GET /images/json': list,
  'GET /images/search': { body: found },
  'GET /images/*/json': unlessMissing('No such image: nope:latest', { body: { Id: digest('b') } }),
  'GET /images/*/history': {
    body: [
      {
        Id: digest('b'),
        Created: now - 3 * daySeconds,
        CreatedBy: 'CMD ["serve" "-g" "daemon off;"] and a longer text here',
        Tags: null,
        Size: 4_260_000,
        Comment: 'imported',
      },
    ],
  },
  'DELETE /images/*': unlessMissing('No such image: nope:latest', {
    body: [{ Untagged: 'web:latest' }, { Deleted: digest('b') }],
  }),
  'POST /images/create': pull,
  'POST /images/*/*/*/push': pushed,
  'POST /images/*/*/push': pushed,
  'POST /images/*/tag': unlessMissing('No such image: nope:latest', { status: 201 }),
  'POST /images/load': loaded,
  'GET /images/get': { body: 'an archive' },
  'POST /auth': logIn,
};
