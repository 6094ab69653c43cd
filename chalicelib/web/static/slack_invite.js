// The pages that invite people into a Slack.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { startDrafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { SlackInviter } from './slack_inviter.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
if (document.querySelector('form[data-send]')) new SlackInviter(createApi({ account: storage.account, sessionEnded })).start();
