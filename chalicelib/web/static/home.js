// The first page has no menus, and no times: it is light.
import { startAccount } from './account_storage.js';
import { startPage } from './page.js';

startAccount();
startPage();
