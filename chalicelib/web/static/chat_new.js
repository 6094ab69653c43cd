// The page that creates a chat.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { startContacts } from './contacts.js';
import { InvitationList } from './invitation_list.js';
import { startInviting } from './inviting.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { startSearch } from './search.js';
import { localTimes } from './times.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startSearch();
localTimes(document);
startInviting();
startContacts(createApi({ account: storage.account, sessionEnded }));
new InvitationList().start();
