// The pages that invite people into a Slack.
import { startAccount } from './account_storage.js';
import { apiOf } from './api.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { SlackInviter } from './slack_inviter.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
if (document.querySelector('form[data-send]')) new SlackInviter(apiOf({ account: storage.account, sessionEnded })).start();
