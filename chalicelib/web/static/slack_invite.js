// The pages that invite people into a Slack.
import { startAccount } from './account_storage.js';
import { startDrafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { SlackInviter } from './slack_inviter.js';

const { storage } = startAccount();
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
if (document.querySelector('form[data-send]')) new SlackInviter().start();
