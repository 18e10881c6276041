/**
 * registry-page: the web page of our registry: projects, repositories, tags, layers and their sizes, and deleting.
 *
 * Runs in a browser, from one file that tools/build.ts makes of this room; it keeps nothing there but the session's
 * cookie. It knows the server by its management API alone (#registry-api), and shows whatever that says as text.
 */
import type { SessionView } from '#registry-api';
import { element } from './element.ts';
import { loginForm } from './login.ts';
import { formatPlace, parsePlace, pathTo } from './place.ts';
import { Failure, Server } from './server.ts';
import { type Stage, showPlace } from './views.ts';

const server = new Server();
/** Counts what is shown, so that an answer that comes late is not. */
let shown = 0;

const stage: Stage = {
  server,
  async mayDelete(project) {
    const found = (await server.projects()).find(({ name }) => name === project);
    return found?.role === 'maintainer' || found?.role === 'admin';
  },
  go(place) {
    location.hash = formatPlace(place);
  },
  refresh: () => attempt(show),
  attempt,
};

window.addEventListener('hashchange', () => attempt(show));
attempt(begin);

async function begin(): Promise<void> {
  showVisitor(await server.session());
  await show();
}

async function show(): Promise<void> {
  shown += 1;
  const turn = shown;
  const place = parsePlace(location.hash);
  const nodes = await showPlace(stage, place);
  if (turn !== shown) return;
  const links = pathTo(place).map(([name, target]) => element('a', { href: formatPlace(target) }, name));
  part('path').replaceChildren(...links);
  part('view').replaceChildren(...nodes);
}

function showVisitor({ user }: SessionView): void {
  const leave = async () => {
    await server.leave();
    askForLogin();
  };
  const button = element('button', { type: 'button', onClick: () => attempt(leave) }, 'Log out');
  part('visitor').replaceChildren(...(user === '' ? [] : [user, ' ', button]));
}

function askForLogin(): void {
  shown += 1;
  const enter = (name: string, password: string) =>
    attempt(async () => {
      showVisitor(await server.enter(name, password));
      await show();
    });
  part('path').replaceChildren('Registry');
  part('visitor').replaceChildren();
  part('view').replaceChildren(loginForm(enter));
}

/** Tells what goes wrong; who is not logged in (any more) is asked to. */
function attempt(work: () => Promise<void>): void {
  tell('');
  work().catch((error: unknown) => {
    const isStranger = error instanceof Failure && error.status === 401;
    const hasForm = document.querySelector('form.login') !== null;
    if (isStranger && !hasForm) askForLogin();
    else tell(error instanceof Error ? error.message : String(error));
  });
}

function tell(message: string): void {
  const failure = part('failure');
  failure.textContent = message;
  failure.hidden = message === '';
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
