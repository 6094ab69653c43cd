// Pages on which a script has menus, times and forms to improve, and nothing else.
import { startAccount } from './account_storage.js';
import { startDrafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { localTimes } from './times.js';
import { registerWorker } from './worker.js';

const { storage } = startAccount();
registerWorker(storage.account);
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
localTimes(document);
