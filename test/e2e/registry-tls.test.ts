import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type Authority, createAuthority } from '../fixtures/certificates.ts';
import { type GuardedRegistry, startGuardedRegistry, userPassword } from '../testing/guarded-registry.ts';
import { openPodman, type Podman } from '../testing/podman.ts';
import { eventually } from '../testing/programs.ts';
import { skopeo } from '../testing/skopeo.ts';
import { addSpareAddress, type SpareAddress } from '../testing/spare-address.ts';
import { useWharf } from '../testing/use-wharf.ts';

const login = ['-u', 'dora', '--password-stdin'];

describe('our registry with TLS and accounts, at an address that nobody takes on trust', () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-tls-');
  const certs = `${folder}/certs.d`;
  const suite = useWharf([busyboxImage('base:1')], { args: ['--registry-certs-dir', certs] });
  const stack = new AsyncDisposableStack();
  let spare: SpareAddress;
  let authority: Authority;
  let guarded: GuardedRegistry;
  let podman: Podman;
  let place = '';
  before(async () => {
    spare = stack.use(addSpareAddress('tls'));
    podman = stack.use(await openPodman());
    guarded = stack.use(await startGuardedRegistry());
    await guarded.manage('POST', '/projects', { name: 'team' });
    await guarded.addMember('team', 'dora', 'developer');
    await guarded.own.stop();
    place = `${spare.address}:${guarded.own.address.split(':')[1]}`;
    authority = createAuthority(folder, 'authority', spare.address);
    const { certificate, key } = authority.issue('server');
    await guarded.own.start(['--listen', place, '--tls-cert', certificate, '--tls-key', key]);
    await suite.ok(['tag', 'base:1', name('base:1')]);
  });
  after(async () => {
    await stack.disposeAsync();
    rmSync(folder, { recursive: true });
  });

  const name = (image: string) => `${place}/team/${image}`;
  const trustIn = (path: string) => {
    mkdirSync(path, { recursive: true });
    copyFileSync(authority.certificate, `${path}/ca.crt`);
    return path;
  };
  const idOf = (image: string) => suite.ok(['image', 'inspect', '-f', '{{.Id}}', image]);

  test('who does not know its authority does not talk to it', async () => {
    const own = await suite.docker(['login', ...login, place], { input: userPassword });
    assert.equal(own.code, 1);
    assert.match(own.stderr, /x509: certificate signed by unknown authority/);
    const other = await podman.run(['login', ...login, place], { input: userPassword });
    assert.match(other.stderr, /x509: certificate signed by unknown authority/);
  });

  test('the stock client logs in, pushes and pulls once certs.d has the authority', async () => {
    trustIn(`${certs}/${place}`);
    const denied = await suite.docker(['push', name('base:1')]);
    assert.equal(denied.code, 1);
    assert.match((await suite.docker(['login', ...login, place], { input: 'wrong' })).stderr, /incorrect/);
    assert.match(await suite.ok(['login', ...login, place], { input: userPassword }), /Login Succeeded/);
    const digest = /digest: (sha256:\S+)/.exec(await suite.ok(['push', name('base:1')]))?.[1];
    const id = await idOf('base:1');
    await suite.ok(['rmi', name('base:1')]);
    assert.ok((await suite.ok(['pull', name('base:1')])).includes(`Digest: ${digest}`));
    assert.equal(await idOf(name('base:1')), id);
  });

  test('podman logs in, pulls what was pushed, and pushes what is pulled', async () => {
    const trust = ['--cert-dir', trustIn(`${folder}/podman-certs`)];
    const id = await idOf('base:1');
    const anonymous = await podman.run(['pull', '-q', ...trust, name('base:1')]);
    assert.match(anonymous.stderr, /unauthorized|authentication required/);
    const said = await podman.ok(['login', ...login, ...trust, place], { input: userPassword });
    assert.match(said, /Login Succeeded!/);
    assert.equal(`sha256:${await podman.ok(['pull', '-q', ...trust, name('base:1')])}`, id);
    for (const format of ['oci', 'v2s2']) {
      const to = name(`podman-${format}:1`);
      await podman.ok(['push', '-q', '--format', format, ...trust, name('base:1'), to]);
      await suite.ok(['pull', '-q', to]);
      assert.equal(await suite.ok(['run', '--rm', to, 'echo', 'brought']), 'brought');
    }
    const denied = await podman.run(['push', '-q', ...trust, name('base:1'), `${place}/other/base:1`]);
    assert.match(denied.stderr, /403 \(Forbidden\)/);
  });

  test('skopeo copies, lists and deletes', async () => {
    const home = `${folder}/skopeo`;
    const trust = trustIn(`${home}/certs`);
    const creds = `dora:${userPassword}`;
    const sides = [
      '--src-creds',
      creds,
      '--dest-creds',
      creds,
      '--src-cert-dir',
      trust,
      '--dest-cert-dir',
      trust,
    ];
    await skopeo(home, ['copy', '-q', ...sides, `docker://${name('base:1')}`, `docker://${name('copy:1')}`]);
    const tags = await skopeo(home, [
      'list-tags',
      '--creds',
      creds,
      '--cert-dir',
      trust,
      `docker://${name('copy')}`,
    ]);
    assert.deepEqual(JSON.parse(tags).Tags, ['1']);
    const remove = ['delete', '--creds', creds, '--cert-dir', trust, `docker://${name('copy:1')}`];
    await assert.rejects(skopeo(home, remove), /denied/);
  });

  test('a certificate that is replaced is spoken with from then on', async () => {
    const [host, port] = place.split(':');
    const speaks = () =>
      new Promise<unknown>((resolve, reject) => {
        const ca = readFileSync(authority.certificate);
        const socket = connect({ host, port: Number(port), ca, checkServerIdentity: () => undefined }, () => {
          resolve(socket.getPeerCertificate().subject.CN);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    assert.equal(await speaks(), 'server');
    const next = authority.issue('next');
    copyFileSync(next.certificate, `${folder}/server.pem`);
    guarded.own.signal('SIGHUP');
    await eventually('half a pair is told', () => guarded.own.log().includes('certificate stays as it was'));
    assert.equal(await speaks(), 'server');
    copyFileSync(next.key, `${folder}/server-key.pem`);
    guarded.own.signal('SIGHUP');
    await eventually('the pair is read', () => guarded.own.log().includes('certificate read anew'));
    assert.equal(await speaks(), 'next');
    await suite.ok(['pull', '-q', name('base:1')]);
  });
});
