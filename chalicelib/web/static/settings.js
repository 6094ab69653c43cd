// The settings: what every page has, one's picture, and the notifications of this browser.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { startDrafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startMenus } from './menu.js';
import { find, startPage } from './page.js';
import { startPicture } from './profile_picture.js';
import { BrowserPush } from './push.js';
import { localTimes } from './times.js';
import { registerWorker } from './worker.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
localTimes(document);
startPicture();

const registered = registerWorker(storage.account);
const call = createApi({ account: storage.account, sessionEnded });
const push = new BrowserPush({ call, storage, registered: () => registered });
if (document.getElementById('push-here')) startSwitch();

function startSwitch() {
  const box = find('#push-here');
  const buttons = { on: find('[data-do="on"]', HTMLButtonElement, box), off: find('[data-do="off"]', HTMLButtonElement, box) };

  async function show(failed = false) {
    const state = await push.state();
    box.dataset.state = state;
    for (const line of box.querySelectorAll('p')) {
      line.classList.toggle('shown', line.dataset.state === state || (failed && line.dataset.state === 'failed'));
    }
    buttons.on.hidden = state !== 'off';
    buttons.off.hidden = state !== 'on';
    box.hidden = false;
  }
  /** @param {Promise<void>} done */
  function press(done) {
    done.then(() => show(), () => show(true));
  }
  buttons.on.addEventListener('click', () => press(push.turnOn()));
  buttons.off.addEventListener('click', () => press(push.turnOff()));
  show();
  registered.then(() => push.renew()).then(() => show()).catch(() => {}); // the next visit does it
}
