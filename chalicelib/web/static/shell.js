// Pages on which a script has menus, times and forms to improve, and nothing else.
import { startAccount } from './account_storage.js';
import { startMenus } from './menu.js';
import { startPage } from './page.js';
import { startSearch } from './search.js';
import { localTimes } from './times.js';

startAccount();
startPage();
startMenus();
startSearch();
localTimes(document);
