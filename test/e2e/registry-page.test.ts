import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../testing/browser.ts';
import {
  type GuardedRegistry,
  rootPassword,
  startGuardedRegistry,
  userPassword,
} from '../testing/guarded-registry.ts';

const evil = '<img src=x onerror=alert(1)>';

describe('the registry’s web page', () => {
  let guarded: GuardedRegistry;
  let browser: Browser;
  before(async () => {
    guarded = await startGuardedRegistry();
    browser = await startBrowser();
    for (const name of ['team', 'other']) await guarded.manage('POST', '/projects', { name });
    await guarded.manage('PATCH', '/projects/team', { quotaBytes: 5_000_000 });
    await guarded.addMember('team', 'ann', 'maintainer');
    await guarded.addMember('team', 'bob', 'guest');
    await guarded.push('team/app', '1.0', 'x'.repeat(1000));
    await guarded.push('team/app', '2.0', 'y'.repeat(250_000));
    await guarded.push('team/tools/lint', 'latest', 'z');
    await guarded.push('other/secret', 'latest', 's');
  });
  after(async () => {
    await browser?.close();
    await guarded?.[Symbol.asyncDispose]();
  });

  /** Opens the page and logs in. */
  const enter = async (name: string, password = userPassword) => {
    const opened = await openPage(browser);
    await opened.page.goto(`http://${guarded.own.address}/`);
    await fillIn(opened.page, name, password);
    return opened;
  };
  const fillIn = async (page: Page, name: string, password: string) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  const rows = async (page: Page) =>
    (await page.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim()));

  test('shows projects, repositories, tags, layers and sizes', async () => {
    const { page, complaints } = await enter('ann');
    await page.getByRole('link', { name: 'team', exact: true }).waitFor();
    assert.deepEqual(await rows(page), [['team', 'maintainer', '2', '252KB', '5MB']]);

    await page.getByRole('link', { name: 'team', exact: true }).click();
    await page.getByRole('link', { name: 'team/app' }).waitFor();
    assert.deepEqual(
      (await rows(page)).map(([name, tags]) => [name, tags]),
      [
        ['team/app', '2'],
        ['team/tools/lint', '1'],
      ],
    );

    await page.getByRole('link', { name: 'team/app' }).click();
    await page.getByRole('link', { name: '2.0' }).waitFor();
    assert.deepEqual(
      (await rows(page)).map(([name, , , size]) => [name, size]),
      [
        ['1.0', '1.43KB'],
        ['2.0', '250KB'],
      ],
    );

    await page.getByRole('link', { name: '2.0' }).click();
    await page.getByText('Last pulled').waitFor();
    const layer = (await rows(page)).at(-1) ?? [];
    assert.deepEqual(layer.slice(1), ['application/vnd.oci.image.layer.v1.tar', '250KB']);
    assert.deepEqual(complaints, [
      'Failed to load resource: the server responded with a status of 401 (Unauthorized)',
    ]);
  });

  test('deletes a tag once it was confirmed', async () => {
    await guarded.push('team/old', '1', 'a');
    await guarded.push('team/old', '2', 'b');
    const { page } = await enter('ann');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await page.goto(`http://${guarded.own.address}/#/repository/team%2Fold`);
    const remove = page.getByRole('button', { name: 'Delete team/old:1' });

    await remove.click();
    assert.match((await page.getByRole('dialog').textContent()) ?? '', /Delete team\/old:1\?/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal((await rows(page)).length, 2);

    await remove.click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal((await rows(page)).length, 2);

    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await remove.waitFor({ state: 'detached' });
    assert.deepEqual(
      (await rows(page)).map(([name]) => name),
      ['2'],
    );
  });

  test('deletes a repository, and goes up', async () => {
    await guarded.push('team/gone', '1', 'a');
    const { page } = await enter('admin', rootPassword);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await page.goto(`http://${guarded.own.address}/#/repository/team%2Fgone`);
    await page.getByRole('button', { name: 'Delete team/gone', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(/#\/project\/team$/);
    await page.getByRole('link', { name: 'team/app' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'team/gone' }).count(), 0);
  });

  test('a guest sees no button to delete, and nothing of other projects', async () => {
    const { page } = await enter('bob');
    await page.getByRole('link', { name: 'team', exact: true }).waitFor();
    assert.equal(await page.getByText('other').count(), 0);
    await page.goto(`http://${guarded.own.address}/#/repository/team%2Fapp`);
    await page.getByRole('link', { name: '1.0' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Delete/ }).count(), 0);
    await page.goto(`http://${guarded.own.address}/#/repository/other%2Fsecret`);
    await page.getByText('you may not do that').waitFor();
  });

  test('a wrong password is told, and a session ends when it is left', async () => {
    const { page } = await enter('ann', 'wrong-password');
    await page.getByText('incorrect username or password').waitFor();
    await fillIn(page, 'ann', userPassword);
    await page.reload();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.reload();
    await page.getByLabel('Password').waitFor();
  });

  test('what the server tells is text, and scripts in the page do not run', async () => {
    const { page, complaints } = await enter('ann');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await page.route('**/api/projects', (route) =>
      route.fulfill({
        json: [{ name: evil, isPublic: true, usedBytes: 1, repositories: 0, role: evil }],
      }),
    );
    await page.reload();
    await page.getByRole('link', { name: evil }).waitFor();
    assert.equal(await page.locator('img').count(), 0);

    const ran = await page.evaluate(`
      const script = document.createElement('script');
      try {
        script.text = 'globalThis.hasRun = true';
        document.body.append(script);
      } catch {}
      'hasRun' in globalThis`);
    assert.equal(ran, false);
    assert.ok(complaints.some((text) => /Content Security Policy|TrustedScript/.test(text)));
  });

  test('another site can’t use its session', async () => {
    const { page } = await enter('ann');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    const { address } = guarded.own;
    // Another host, the same machine.
    const elsewhere = `http://localhost:${address.split(':')[1]}`;
    await page.goto(`${elsewhere}/`);
    const status = await page.evaluate(async (target) => {
      const options = { method: 'DELETE', credentials: 'include', mode: 'no-cors' } as const;
      const answer = await fetch(target, options).catch(() => undefined);
      return answer?.status;
    }, `http://${address}/api/repository?repository=team/app`);
    assert.notEqual(status, 204);
    assert.equal((await guarded.own.ask('GET', '/api/session')).status, 401);
    const found = await guarded.manage('GET', '/tags?repository=team/app');
    assert.ok(Array.isArray(found) && found.length === 2);
  });
});
