// The chat page: puts its parts together. Each part improves what the server rendered; the page works without all of them.
import './menu.js';
import * as actions from './chat_actions.js';
import * as compose from './chat_compose.js';
import * as live from './chat_live.js';
import * as people from './chat_people.js';
import * as thread from './chat_thread.js';

thread.start();
compose.start();
actions.start();
people.start();
live.start();
