// The pages that invite people into a Slack.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { startSearch } from './search.js';
import { SlackInviter } from './slack_inviter.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startSearch();
if (document.querySelector('form[data-send]')) new SlackInviter(createApi({ account: storage.account, sessionEnded })).start();
