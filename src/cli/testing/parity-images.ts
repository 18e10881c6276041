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

const progress = [
  { status: 'Pulling from library/web', id: 'latest' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'aaaaaaaaaaaa' },
  {
    status: 'Downloading',
    progressDetail: { current: 512, total: 2048 },
    progress: '[=>  ]  512B/2.048kB',
    id: 'aaaaaaaaaaaa',
  },
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

/** Images, and a registry that gives them. */
export const imageScript: Script = {
  'GET /images/json': { body: images },
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
};
