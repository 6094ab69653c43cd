// What the linter asks of the pages' scripts and their tests; types are tsc's matter, import circles tests/javascript's.
import js from '@eslint/js';
import globals from 'globals';

const PAGES = 'chalicelib/web/static/*.js';
const STORAGE = 'chalicelib/web/static/account_storage.js';

/** @param {string} name */
const keptElsewhere = (name) => ({ name, message: 'What the browser keeps belongs to an account: account_storage.js.' });

export default [
  { ignores: ['build/', '.venv*/', '.local/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      'array-callback-return': 'error',
      'complexity': ['error', 14],
      'consistent-return': 'error',
      'curly': ['error', 'multi-line'],
      'default-case-last': 'error',
      'eqeqeq': 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 50],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-constructor-return': 'error',
      'no-duplicate-imports': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      'no-return-assign': ['error', 'except-parens'],
      'no-self-compare': 'error',
      'no-sequences': 'error',
      'no-shadow': 'error',
      'no-template-curly-in-string': 'error',
      'no-throw-literal': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unreachable-loop': 'error',
      'no-unused-expressions': 'error',
      'no-unused-private-class-members': 'error',
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-useless-concat': 'error',
      'no-useless-return': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-arrow-callback': 'error',
      'prefer-const': 'error',
      'prefer-object-spread': 'error',
      'prefer-rest-params': 'error',
      'prefer-template': 'error',
      'require-atomic-updates': 'error',
      'symbol-description': 'error',
      'yoda': 'error',
    },
  },
  {
    files: [PAGES],
    languageOptions: { globals: globals.browser },
    rules: {
      // Text of people goes in as text; HTML comes from the server, cleaned, and is parsed without running.
      'no-restricted-properties': ['error',
        ...['innerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment'].map((property) => (
          { property, message: 'Text goes in by textContent.' })),
        { object: 'document', property: 'write' },
        { object: 'document', property: 'cookie' },
      ],
    },
  },
  {
    files: [PAGES],
    ignores: [STORAGE],
    rules: { 'no-restricted-globals': ['error', ...['localStorage', 'sessionStorage', 'indexedDB'].map(keptElsewhere)] },
  },
  {
    files: ['chalicelib/web/worker/*.js'],
    languageOptions: { globals: globals.serviceworker },
  },
  {
    files: ['local/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['tests/javascript/*.js'],
    languageOptions: { globals: globals.node },
    rules: { 'max-lines': ['error', 600], 'max-lines-per-function': 'off' },
  },
];
