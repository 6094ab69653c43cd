// The page that creates a chat.
import { startAccount } from './account_storage.js';
import { InvitationList } from './invitation_list.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { localTimes } from './times.js';

startAccount();
startPage();
startMenus();
localTimes(document);
new InvitationList().start();
