/** Patterns that backtrack without end are found when they are obvious, and ordinary ones are let be. */
import t from 'tap';
import { backtracks } from '../../src/registry/pattern.js';

const endless = [
  '(a+)+',
  '^(a*)*$',
  '^([0-9]+)*$',
  '(\\w+\\s?)*$',
  '^(?:.*)+$',
  '((ab)+)+',
  '(x+|y)*',
  '(?<name>a{2,})+',
  '([^\\]]+){3,}',
  '(\\p{L}+)*',
  '((a+)b?)*',
];
for (const pattern of endless) t.equal(backtracks(pattern), true, pattern);

const ordinary = [
  '^[0-9]{9}$',
  '^[a-z0-9]+(-[a-z0-9]+)*$',
  '^B?[JL][0-9]{6}-[0-9]{4}-[0-9]{6}$',
  '^(?:[^.]+\\.)*[^.]+$',
  '(a+)?',
  '(a+){2}',
  '(?=a+)b*',
  '^[(+*]+$',
  '\\(a+\\)+',
  '^(a|b)*$',
  '([,;] *[a-z]+)*',
  'a+b+c+',
  '',
  '^\\p{Script=Han}+(·\\p{Script=Han}+)*$',
];
for (const pattern of ordinary) t.equal(backtracks(pattern), false, pattern);
