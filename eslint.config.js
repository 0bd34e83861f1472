import stylistic from '@stylistic/eslint-plugin'
import tseslint from 'typescript-eslint'

// Which layer may import which, and where each technology lives, is checked by tests/architecture.test.ts.
export default tseslint.config(
  { ignores: ['bundle/', 'dist/', 'node_modules/', 'migrations/'] },
  ...tseslint.configs.recommended,
  stylistic.configs.customize({ indent: 2, quotes: 'single', semi: false, braceStyle: 'stroustrup', arrowParens: false, commaDangle: 'always-multiline' }),
  {
    rules: {
      '@stylistic/max-statements-per-line': ['error', { max: 2 }],
      '@stylistic/quote-props': ['error', 'as-needed'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@stylistic/operator-linebreak': ['error', 'before', { overrides: { '=': 'after' } }],
      'no-console': 'error', // output goes through io, so that a test can read it
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'smart'],
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
    },
  },
)
