// The page that creates a chat.
import { startAccount } from './account_storage.js';
import { createApi } from './api.js';
import { startContacts } from './contacts.js';
import { startDrafts } from './drafts.js';
import { InvitationList } from './invitation_list.js';
import { startInviting } from './inviting.js';
import { startKeys } from './keys.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { localTimes } from './times.js';

const { storage, sessionEnded } = startAccount();
startPage();
startMenus();
startKeys(storage);
startDrafts(storage);
localTimes(document);
startInviting();
startContacts(createApi({ account: storage.account, sessionEnded }));
new InvitationList(storage).start();
